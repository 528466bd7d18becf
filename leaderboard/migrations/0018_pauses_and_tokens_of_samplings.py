from django.db import migrations, models
from django.db.models.functions import Now


def from_now_on(apps, schema_editor):
    """When earlier pauses began isn't known."""
    apps.get_model("leaderboard", "Sampling").objects.filter(status="paused").update(paused_at=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("leaderboard", "0017_tokens_of_tokens_and_servers_of_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="sampling",
            name="paused_at",
            field=models.DateTimeField(blank=True, help_text="its key goes some days after that", null=True),
        ),
        migrations.AddField(
            model_name="sampling",
            name="other_prompt_tokens",
            field=models.PositiveBigIntegerField(
                default=0, help_text="of the dry run, and of requests that brought nothing that is kept"
            ),
        ),
        migrations.AddField(
            model_name="sampling",
            name="other_completion_tokens",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.RunPython(from_now_on, migrations.RunPython.noop),
    ]
