# docker build -t easel . && docker run --env-file .env -v easel:/data easel
#
# Two stages: what builds Easel stays behind, what runs it is a venv and nothing else.
# SQLite is Debian's here (3.40), which has a rare fault when two connections write to one WAL.
# Easel writes through one connection and lets one process in, so it is not exposed to it;
# `easel check` names the version it runs on.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src

# Before the code, so that a change of the code alone does not install everything anew.
COPY requirements-postgres.lock requirements-build.lock ./
RUN python -m venv /opt/easel \
 && /opt/easel/bin/pip install --require-hashes -r requirements-postgres.lock \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes -r requirements-build.lock

COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY bot bot
RUN /opt/build/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir /wheels . \
 && /opt/easel/bin/pip install --no-deps --no-index /wheels/easel-*.whl


FROM python:3.13-slim-bookworm
# Numbers, so that Kubernetes' runAsNonRoot can check them, and fixed, so that volumes stay readable.
RUN groupadd --gid 10001 easel \
 && useradd --uid 10001 --gid easel --no-create-home --home-dir /data --shell /usr/sbin/nologin easel \
 && install --directory --owner easel --group easel --mode 0700 /data
COPY --from=build /opt/easel /opt/easel

# Health and metrics listen on every address of the container; `docker run -p` decides who else sees them.
ENV PATH=/opt/easel/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    EASEL_HTTP=0.0.0.0:8080 \
    EASEL_LOG=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080

# SIGTERM: finish what is being drawn, keep what is queued. Give it time: docker stop --time 180.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["easel", "health"]
ENTRYPOINT ["easel"]
CMD ["run"]
