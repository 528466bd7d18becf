from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leaderboard', '0007_run_analysis'),
    ]

    operations = [
        migrations.AddField(
            model_name='problem',
            name='reference_verdict',
            field=models.CharField(blank=True, default='', help_text='of the canonical solution; empty until a worker judged it', max_length=16),
            preserve_default=False,
        ),
    ]
