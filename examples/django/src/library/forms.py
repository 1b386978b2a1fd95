"""What a book must be."""

from __future__ import annotations

from typing import Any

from django import forms

from library.models import Author, Book


class BookForm(forms.ModelForm):
    """A book as it is sent; its author by name, and made when there is none of that name."""

    author = forms.CharField(max_length=100)
    price = forms.DecimalField(max_digits=6, decimal_places=2, min_value=0, required=False)

    class Meta:
        model = Book
        fields = ("title", "author", "published", "price")

    def clean_author(self) -> Author:
        """The author of that name."""
        author, _ = Author.objects.get_or_create(name=self.cleaned_data["author"])
        return author

    def clean_price(self) -> Any:
        """The price; free when nothing is said."""
        return self.cleaned_data["price"] or 0
