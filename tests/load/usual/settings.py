"""Settings of a project as ``startproject`` makes them, without the middleware that only pages need."""

from __future__ import annotations

import os

import dj_database_url

SECRET_KEY = "bench"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.load.usual.urls"
WSGI_APPLICATION = "tests.load.usual.wsgi.application"
INSTALLED_APPS = ["tests.load.usual"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
