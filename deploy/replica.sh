#!/bin/sh
# Copy the primary where there is no copy yet, then follow it.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    rm -rf "$PGDATA"/*
    pg_basebackup --pgdata "$PGDATA" --write-recovery-conf --slot replica \
        --wal-method stream --checkpoint fast \
        --dbname "host=primary user=replication password=$REPLICATION_PASSWORD"
    chmod 700 "$PGDATA"
fi
# The primary keeps rows that a long export still reads; else the export would be cancelled.
exec postgres -c hot_standby_feedback=on -c max_standby_streaming_delay=60s
