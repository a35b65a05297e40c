"""Addresses of signing in, joining, the account, the team."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
