FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends pgbouncer \
    && rm -rf /var/lib/apt/lists/*
COPY pgbouncer.ini /etc/pgbouncer/site.ini
USER postgres
EXPOSE 6432
# The password comes from the environment and is written where no image keeps it.
CMD ["sh", "-c", "umask 077; printf '\"consultation\" \"%s\"\\n' \"$POSTGRES_PASSWORD\" >/tmp/userlist.txt; exec pgbouncer /etc/pgbouncer/site.ini"]
