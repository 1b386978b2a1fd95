"""What is where."""

from django.urls import path

from library import views

urlpatterns = [
    path("", views.index),
    path("books", views.books),
    path("books/<int:pk>", views.book),
    path("years", views.years),
    path("migrate", views.migrate),
]
