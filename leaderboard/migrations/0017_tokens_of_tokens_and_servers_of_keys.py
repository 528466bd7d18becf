import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leaderboard', '0016_where_marks_were_made'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='made_tokens', to='leaderboard.apitoken'),
        ),
        migrations.AddField(
            model_name='serverkey',
            name='server',
            field=models.CharField(blank=True, default='', help_text='empty: of before keys had one', max_length=300),
            preserve_default=False,
        ),
    ]
