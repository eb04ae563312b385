#!/bin/sh
# redis_client.sh -- redis-benchmark, and then what the server keeps, which no clock decides.
#
#   redis_client.sh PORT
#
# SPDX-License-Identifier: MIT
set -eu

ask() {
    redis-cli -p "$port" "$@"
}

port=$1
ask ping
redis-benchmark -p "$port" -q -n 8000 -c 20 -P 4 -d 300 \
    -t set,get,incr,lpush,lpop,sadd,hset,zadd > benchmark
ask get counter:__rand_int__
ask strlen key:__rand_int__
ask llen mylist
ask flushall
ask eval 'for i = 1, 20000 do
    redis.call("set", "k" .. i, string.rep("x", i % 700))
    redis.call("rpush", "l" .. i % 97, i)
    redis.call("zadd", "z", i * 7919 % 10007, "m" .. i)
    if i % 3 == 0 then redis.call("del", "k" .. i - 2) end
end
return redis.call("dbsize")' 0
ask zrange z 100 140 withscores
ask lrange l13 0 20
ask strlen k699
