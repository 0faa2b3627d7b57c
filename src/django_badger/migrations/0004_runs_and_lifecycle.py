"""Runs in ranges; the life of awards and badges."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("badger", "0003_mystery"),)

    operations = (
        migrations.RemoveField(
            model_name="run",
            name="cursor",
        ),
        migrations.AddField(
            model_name="award",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
        ),
        migrations.AddField(
            model_name="award",
            name="lapses_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Its rule is no longer true: its grace ends then.",
                null=True,
                verbose_name="lapses at",
            ),
        ),
        migrations.AddField(
            model_name="award",
            name="warned_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="warned at"),
        ),
        migrations.AddField(
            model_name="award",
            name="ended_in",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="ended",
                to="badger.run",
                verbose_name="ended in run",
            ),
        ),
        migrations.AddField(
            model_name="badge",
            name="ends_at",
            field=models.DateTimeField(
                blank=True, help_text="It can be earned until then. Empty: for ever.", null=True, verbose_name="ends at"
            ),
        ),
        migrations.AddField(
            model_name="badge",
            name="evaluated_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last evaluated at"),
        ),
        migrations.AddField(
            model_name="badge",
            name="grace",
            field=models.DurationField(
                blank=True,
                help_text="How long an award stays when its rule is no longer true, if the badge is kept only while it is.",
                null=True,
                verbose_name="grace",
            ),
        ),
        migrations.AddField(
            model_name="badge",
            name="rule_changed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="rule changed at"),
        ),
        migrations.AddField(
            model_name="badge",
            name="rule_version",
            field=models.CharField(blank=True, editable=False, max_length=64, verbose_name="rule version"),
        ),
        migrations.AddField(
            model_name="badge",
            name="starts_at",
            field=models.DateTimeField(
                blank=True,
                help_text="It can be earned from then on. Empty: at once.",
                null=True,
                verbose_name="starts at",
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="looked_at",
            field=models.PositiveBigIntegerField(default=0, verbose_name="looked at"),
        ),
        migrations.AddField(
            model_name="run",
            name="options",
            field=models.JSONField(blank=True, default=dict, verbose_name="options"),
        ),
        migrations.AddField(
            model_name="run",
            name="people",
            field=models.PositiveBigIntegerField(default=0, verbose_name="people"),
        ),
        migrations.AddField(
            model_name="run",
            name="retracted",
            field=models.PositiveIntegerField(default=0, verbose_name="retracted"),
        ),
        migrations.AlterField(
            model_name="run",
            name="status",
            field=models.CharField(
                choices=[
                    ("running", "running"),
                    ("finished", "finished"),
                    ("failed", "failed"),
                    ("cancelled", "cancelled"),
                    ("undoing", "being undone"),
                    ("undone", "undone"),
                ],
                default="running",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.CreateModel(
            name="RunRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("first", models.CharField(max_length=255, verbose_name="first")),
                ("last", models.CharField(max_length=255, verbose_name="last")),
                ("looked_at", models.PositiveIntegerField(default=0, verbose_name="looked at")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="added")),
                ("lapsed", models.PositiveIntegerField(default=0, verbose_name="lapsed")),
                ("failed", models.PositiveIntegerField(default=0, verbose_name="failed")),
                ("seconds", models.FloatField(default=0, verbose_name="seconds")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ranges",
                        to="badger.run",
                        verbose_name="run",
                    ),
                ),
            ],
            options={
                "verbose_name": "range of a run",
                "verbose_name_plural": "ranges of runs",
                "constraints": [models.UniqueConstraint(fields=("run", "number"), name="badger_range_once")],
            },
        ),
    )
