# Images of flint: `docker build -t flint .` gives one with nothing but the static binary,
# `docker build -t flint:ci --target ci .` one with a shell and git, for CI jobs and `--since`.
#
#   docker run --rm --volume "$PWD:/work" flint check
#   docker run --rm --volume "$PWD:/work" --user "$(id -u):$(id -g)" flint fix
FROM rust:1.95-alpine AS build
# The linker needs the C library's start files.
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
# Such as `--build-arg COMMIT="$(git rev-parse HEAD)"`; `flint --version` says it.
ARG COMMIT=
RUN COMMIT_OF_FLINT=$COMMIT cargo build --locked --release

FROM alpine:3 AS ci
RUN apk add --no-cache git \
    # The mounted repository belongs to someone else; flint only reads it with git.
    && git config --system --add safe.directory '*'
COPY --from=build /src/target/release/flint /usr/local/bin/flint
COPY LICENSE-APACHE LICENSE-MIT /usr/share/licenses/flint/
WORKDIR /work
ENTRYPOINT ["flint"]
CMD ["check"]

FROM scratch AS static
COPY --from=build /src/target/release/flint /flint
COPY LICENSE-APACHE LICENSE-MIT /
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/flint"]
CMD ["check"]
