"""Lists that come a page at a time."""

from __future__ import annotations

from typing import Any

from django.views.generic import ListView


class PagedView(ListView):
    """A list of twelve a page. A page that does not exist shows the nearest one that does."""

    paginate_by = 12

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add ``page_numbers``: the numbers of the pages to offer."""
        found = super().get_context_data(**context)
        shown = found["page_obj"]
        found["page_numbers"] = shown.paginator.get_elided_page_range(shown.number, on_each_side=1, on_ends=1)
        return found

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Return a page, also for numbers that are none."""
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get("page"))
        return paginator, page, page.object_list, page.has_other_pages()
