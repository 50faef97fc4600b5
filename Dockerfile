# One file for all services: docker build --build-arg SERVICE=events .

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY libs/shared/package.json libs/shared/
COPY libs/handler-kit/package.json libs/handler-kit/
COPY services/ncco-api/package.json services/ncco-api/
COPY services/events/package.json services/events/
COPY services/media-gateway/package.json services/media-gateway/
COPY tools/handler-testing/package.json tools/handler-testing/
COPY tools/simulator/package.json tools/simulator/
COPY tools/standalone/package.json tools/standalone/
COPY examples/speech-bridge/package.json examples/speech-bridge/
COPY tests/package.json tests/

# Everything that building takes. What comes before ARG SERVICE is done once for all services.
FROM packages AS build
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY tsconfig.base.json turbo.json ./
ENV TURBO_TELEMETRY_DISABLED=1
COPY libs libs
RUN npx turbo run build --filter=@kodama/shared --filter=@kodama/handler-kit
ARG SERVICE
COPY services/$SERVICE services/$SERVICE
RUN npx turbo run build --filter=@kodama/$SERVICE

# Everything that running takes, and no more. The optional packages are Node.js itself, for machines that have an old one.
FROM packages AS production
ARG SERVICE
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional --workspace=@kodama/$SERVICE --no-audit --no-fund

FROM node:24-slim
ARG SERVICE
ENV NODE_ENV=production OTEL_SERVICE_NAME=$SERVICE
# A small young generation: what a gateway allocates is dead within milliseconds, and room for more of it would only be memory
# that each call seems to take. docker-compose.yml gives events more.
ENV NODE_OPTIONS=--max-semi-space-size=4
WORKDIR /app
COPY --from=production /app/node_modules node_modules
COPY --from=build /app/libs/shared/package.json libs/shared/
COPY --from=build /app/libs/shared/dist libs/shared/dist
COPY --from=build /app/libs/handler-kit/package.json libs/handler-kit/
COPY --from=build /app/libs/handler-kit/dist libs/handler-kit/dist
COPY --from=build /app/services/$SERVICE/package.json services/$SERVICE/
COPY --from=build /app/services/$SERVICE/dist services/$SERVICE/dist

LABEL org.opencontainers.image.title="kodama-$SERVICE" \
      org.opencontainers.image.licenses="Apache-2.0"

WORKDIR /app/services/$SERVICE
# A volume takes over whose it is.
RUN install -d -o node -g node /var/lib/kodama/recordings /var/lib/kodama/secrets
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM

# Readiness, not just life: Compose starts what depends on a service when it can serve. Asked by bash alone: the image has
# no curl, and a Node.js every few seconds would take its time from the calls. What /readyz says of each dependency is in the
# output, where `docker inspect` shows it.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8080} && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && reply=$(cat <&3) && echo \"${reply##*$'\\n'}\" && [[ $reply == 'HTTP/1.1 200 '* ]]"]

# Node.js as process 1, with no init before it: it handles its signals itself and has no children to reap.
# One thread of V8's own beside the one that serves the calls: four of them, which is the default, take a container's one core
# from it whenever they collect (docs/performance.md).
CMD ["node", "--v8-pool-size=1", "--enable-source-maps", "--import", "@kodama/shared/telemetry/instrument", "dist/main.js"]
