"""Signing in and one's account: the pages around django-allauth, which does the ceremonies."""
