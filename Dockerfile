# Two stages: the first builds Deskhand into /opt/deskhand, the second holds nothing but that and Python.
# Every package comes from a lock file with hashes; tests/house/test_containers.py runs these steps.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv --without-pip /opt/deskhand
COPY requirements.lock requirements-build.lock ./
RUN pip --python /opt/deskhand/bin/python install --require-hashes --no-deps -r requirements.lock
RUN pip install --require-hashes --no-deps -r requirements-build.lock
COPY pyproject.toml README.md ./
COPY agent agent
COPY bot bot
COPY jobs jobs
COPY storage storage
COPY tools tools
RUN python -m hatchling build -t wheel -d /src/dist
RUN pip --python /opt/deskhand/bin/python install --no-index --no-deps /src/dist/*.whl

FROM python:3.12-slim AS app
RUN useradd --system --uid 10001 --user-group --create-home --home-dir /var/lib/deskhand --shell /usr/sbin/nologin deskhand
COPY --from=build /opt/deskhand /opt/deskhand
# matplotlib wants a folder to write to, and the container's own file system may be read-only.
ENV PATH=/opt/deskhand/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    DESKHAND_HOME=/var/lib/deskhand \
    HOST=0.0.0.0 \
    PORT=8000 \
    LOG_FORMAT=json
WORKDIR /var/lib/deskhand
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health', timeout=4)"]
ENTRYPOINT ["deskhand"]
CMD ["serve"]
