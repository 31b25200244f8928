"""Requests of people about their own data: find, export, rectify, erase, restrict."""
