"""Authors and their books."""

from __future__ import annotations

from typing import Any

from django.db import models


class Author(models.Model):
    """Who writes."""

    name = models.CharField(max_length=100, unique=True)
    country = models.CharField(max_length=2, default="", blank=True)

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    """What is written."""

    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    published = models.DateField(null=True, blank=True)
    price = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    added = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    def as_dict(self) -> dict[str, Any]:
        """What the API tells about it."""
        return {
            "id": self.pk,
            "title": self.title,
            "author": self.author.name,
            "published": self.published,
            "price": self.price,
        }
