#!/bin/sh
# work_redis.sh -- a redis-server under redis-benchmark, and then what it keeps.
#
# By a socket of its own, so that runs at the same time do not meet. Of the benchmark only counts
# that no clock and no chance decides. Debian's package of the server would start one as a service;
# the program is in redis-tools as well, and goes by the name that it is called by.
#
# SPDX-License-Identifier: MIT
set -eu

directory=$(mktemp -d)
ln -s "$(command -v redis-check-rdb)" "$directory/redis-server"
"$directory/redis-server" --port 0 --unixsocket "$directory/socket" --dir "$directory" --save '' \
    --appendonly no --io-threads 2 --daemonize no > "$directory/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$directory"' EXIT

ask() {
    redis-cli -s "$directory/socket" "$@"
}

until [ "$(ask ping 2>/dev/null || true)" = PONG ]; do
    kill -0 "$server" # or it ended, and there is nothing to wait for
    sleep 0.1
done
ask ping
redis-benchmark -s "$directory/socket" -q -n 800 -c 20 -P 4 -d 300 \
    -t set,get,incr,lpush,lpop,sadd,hset,zadd > "$directory/benchmark"
ask get counter:__rand_int__
ask strlen key:__rand_int__
ask llen mylist
ask flushall
ask eval 'for i = 1, 5000 do
    redis.call("set", "k" .. i, string.rep("x", i % 700))
    redis.call("rpush", "l" .. i % 97, i)
    redis.call("zadd", "z", i * 7919 % 10007, "m" .. i)
    if i % 3 == 0 then redis.call("del", "k" .. i - 2) end
end
return redis.call("dbsize")' 0
ask bgsave
ask zrange z 100 140 withscores
ask lrange l13 0 20
ask strlen k699
ask shutdown nosave
wait "$server"
