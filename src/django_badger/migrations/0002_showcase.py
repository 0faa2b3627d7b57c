"""What holders decide: whether others see their awards, and which ones first."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table for what holds for all awards of somebody, and places for those that are pinned."""

    dependencies = (
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("badger", "0001_initial"),
    )

    operations = (
        migrations.CreateModel(
            name="Showcase",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "hidden",
                    models.BooleanField(
                        default=False, help_text="Nobody else sees any of the awards.", verbose_name="hidden"
                    ),
                ),
                (
                    "unlisted",
                    models.BooleanField(
                        default=False,
                        help_text="The awards are in no list of several people.",
                        verbose_name="unlisted",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
            ],
            options={"verbose_name": "showcase", "verbose_name_plural": "showcases"},
        ),
        # From yes or no to a place: PostgreSQL cannot cast one into the other, and nobody could pin anything yet.
        migrations.RemoveField(model_name="award", name="pinned"),
        migrations.AddField(
            model_name="award",
            name="pinned",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Its place among the awards that its holder shows first.",
                null=True,
                verbose_name="pinned",
            ),
        ),
    )
