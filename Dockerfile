# The roles' image: docker build -t rlhf-streams .
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -q -B -DskipTests -Dspotless.check.skip=true -pl cli -am package \
      dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=/app/lib

FROM eclipse-temurin:17-jre
COPY --from=build /app/lib /app/lib
COPY --from=build /src/cli/target/classes /app/classes
COPY --from=build /src/jvm /src/jvm.options /app/
RUN useradd --uid 10001 --create-home rlhf && mkdir /state && chown rlhf /state
USER rlhf
WORKDIR /state
ENTRYPOINT ["/app/jvm", "-cp", "/app/classes:/app/lib/*", "org.rlhfstreams.cli.Main"]
