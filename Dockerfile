# The roles' image. `docker build -t rlhf-streams .` compiles inside it; with
# `--build-arg APPLICATION=built` it takes what `containers/stage` has laid out of a build outside.
ARG APPLICATION=compiled

FROM maven:3.9-eclipse-temurin-17 AS compiled
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -q -B -DskipTests -Dspotless.check.skip=true -pl cli -am package && containers/stage /image

FROM scratch AS built
COPY target/image /image

FROM ${APPLICATION} AS application

FROM eclipse-temurin:17-jre
# What a container writes: state that outlives it, and the native libraries, unpacked once a host.
RUN useradd --uid 10001 --create-home rlhf && mkdir /state /native && chown rlhf:rlhf /state /native
# A layer each for what changes rarely and what changes with the code.
COPY --from=application /image/libraries /app/libraries
# The bill of materials comes along where one was made.
COPY --from=application /image/jvm /image/jvm.options /image/rlhf /image/ready /image/bom.json* /app/
COPY --from=application /image/modules /app/modules
# The rest of the container's memory is for tensors and the Java machine itself.
ENV HEAP_PERCENTAGE=40 \
    DJL_CACHE_DIR=/native \
    RLHF_OPERATIONS_HOST=0.0.0.0 \
    RLHF_ROLLOUT_WORKER_HTTP_PORT=8090 \
    RLHF_REWARD_SERVICE_HTTP_PORT=8090 \
    RLHF_CONTROLLER_HTTP_PORT=8090 \
    RLHF_CONTROLLER_STATE_DIRECTORY=/state/topologies \
    RLHF_PEOPLE_OPERATIONS_PORT=8090 \
    RLHF_PEOPLE_STATE_DIRECTORY=/state/people \
    RLHF_PEOPLE_HOST=0.0.0.0 \
    RLHF_PEOPLE_HTTP_PORT=8080 \
    RLHF_LEARNER_HTTP_PORT=8090 \
    RLHF_LEARNER_CHECKPOINT_DIRECTORY=/state/checkpoints \
    RLHF_LEARNER_OUTPUT=/state/output
USER rlhf
WORKDIR /state
# Health and metrics of every role; the pages and the HTTP API of the role people.
EXPOSE 8090 8080
VOLUME ["/state", "/native"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=180s --retries=5 CMD ["/app/ready"]
ENTRYPOINT ["/app/rlhf"]
