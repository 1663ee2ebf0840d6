# The product without embedded stores and without the simulator; PostgreSQL, Valkey and a broker come by URL.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/production.lock /tmp/production.lock
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /tmp/production.lock

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    MEDIA_ROOT=/media \
    STATIC_ROOT=/app/staticfiles
RUN groupadd --gid 10001 helpdesk \
    && useradd --uid 10001 --gid helpdesk --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin helpdesk \
    && install -d -o helpdesk -g helpdesk -m 0700 /media
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Settings need secrets to start; these live for one command and reach no layer.
RUN python bin/compile_messages.py \
    && SECRET_KEY=$(python -c 'import secrets; print(secrets.token_hex(32))') ENCRYPTION_KEYS=$(python -c 'import secrets; print(secrets.token_hex(32))') \
       python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /venv /app
USER 10001
VOLUME /media
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz/live', timeout=2)"]
# PID 1 must be uvicorn itself, so that a stop reaches it.
CMD ["uvicorn", "helpdesk.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "5", "--limit-concurrency", "1000"]
