"""Models get the owner of their first public run, else of their first one; those of papers stay the site's."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Case, OuterRef, Subquery, Value, When


def find_owners(apps, schema_editor):
    run = apps.get_model("leaderboard", "Run")
    public_first = Case(When(visibility="public", then=Value(0)), default=Value(1))
    first = run.objects.filter(model=OuterRef("pk")).order_by(public_first, "pk").values("owner")[:1]
    models_ = apps.get_model("leaderboard", "Model").objects
    of_papers = run.objects.filter(source="published").values("model")
    models_.exclude(pk__in=of_papers).update(owner=Subquery(first))


class Migration(migrations.Migration):

    dependencies = [
        ('leaderboard', '0018_pauses_and_tokens_of_samplings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='model',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='models', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='run',
            name='said_of_model',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.RunPython(find_owners, migrations.RunPython.noop),
    ]
