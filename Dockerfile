# Kairos in a container: every role, and the simulated exchanges. docs/fleet-deploy.md says how they go together.
#   docker build -t kairos .        another base, or the same one by digest: --build-arg BASE=python:3.13-slim@sha256:…
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
RUN python3 -m venv /opt/kairos && python3 -m venv /opt/hatch
COPY deploy/requirements.lock deploy/build.lock ./
RUN /opt/kairos/bin/pip install -q --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock \
 && /opt/hatch/bin/pip install -q --no-cache-dir --require-hashes --only-binary :all: -r build.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY themes themes
# pip writes bytecode as it installs: without it every start would compile ccxt for seconds, on a root that is read-only.
RUN /opt/hatch/bin/python -m hatchling build -t wheel -d /dist \
 && /opt/kairos/bin/pip install -q --no-cache-dir --no-deps /dist/*.whl \
 && /opt/kairos/bin/pip uninstall -q -y pip

FROM ${BASE}
COPY --from=build /opt/kairos /opt/kairos
# Folders of the user who runs. Then whatever could install or run something else goes, the shell last.
RUN mkdir -p /var/lib/kairos/config /var/lib/kairos/state /run/kairos /keys \
 && chown -R 10001:10001 /var/lib/kairos /run/kairos /keys \
 && chmod -R 700 /var/lib/kairos /run/kairos /keys \
 && rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/site-packages/pip* /usr/local/lib/python3*/ensurepip \
      /usr/lib/python3*/ensurepip /usr/share/python-wheels /usr/bin/apt* /usr/bin/dpkg* /usr/bin/perl* \
      /bin/bash /bin/dash /bin/sh
ENV PATH=/opt/kairos/bin:/usr/local/bin:/usr/bin \
    HOME=/var/lib/kairos \
    XDG_CONFIG_HOME=/var/lib/kairos/config \
    XDG_STATE_HOME=/var/lib/kairos/state \
    XDG_RUNTIME_DIR=/run/kairos \
    LANG=C.UTF-8
USER 10001:10001
WORKDIR /var/lib/kairos
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["kairos", "doctor", "--live", "http://127.0.0.1:9470", "-q"]
ENTRYPOINT ["kairos"]
CMD ["--help"]
