from django.urls import path

from surveys.open_data import views

urlpatterns = [
    path("open-data/", views.open_data, name="open_data"),
    path("open-data/<int:number>/<str:name>", views.open_data_file, name="open_data_file"),
]
