"""What the admin calls our models and their fields, in the reader's language."""

import pytest
from django.apps import apps
from django.utils import translation
from django.utils.functional import Promise

from django_badger.models import Award, ProgressKey

#: Never shown: keys, and what the database needs for itself, as the whole of ProgressKey is.
OWN = {"id", "slot"}
SHOWN = [model for model in apps.get_app_config("badger").get_models() if model is not ProgressKey]


@pytest.mark.parametrize(
    ("language", "one", "many"), [("de", "Auszeichnung", "Auszeichnungen"), ("ar", "شارة ممنوحة", "شارات ممنوحة")]
)
def test_an_award_has_a_name_in_each_language(language, one, many):
    with translation.override(language):
        assert (str(Award._meta.verbose_name), str(Award._meta.verbose_name_plural)) == (one, many)


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_every_model_and_field_has_a_name_that_can_be_translated(model):
    fields = [*model._meta.fields, *model._meta.many_to_many]
    untranslated = {field.name for field in fields if not isinstance(field.verbose_name, Promise)} - OWN

    assert not untranslated
    assert isinstance(model._meta.verbose_name, Promise)
    assert isinstance(model._meta.verbose_name_plural, Promise)
