"""The frame of the Joint Secretariat's desk: who may open its pages, and how they look.

A stage of the work (review, coding, …) is a package of its own with its `urls.py`; `desk/urls.py`
puts them together under the admin's address, behind the admin's sign-in.
"""
