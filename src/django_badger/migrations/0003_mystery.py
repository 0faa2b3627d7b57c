"""Secret badges of which lists say that they exist."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column more of a badge."""

    dependencies = (("badger", "0002_showcase"),)

    operations = (
        migrations.AddField(
            model_name="badge",
            name="mystery",
            field=models.BooleanField(
                default=False, help_text="If secret: lists say that there is one more to find.", verbose_name="mystery"
            ),
        ),
    )
