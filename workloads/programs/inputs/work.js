// work.js -- maps, strings, typed arrays and a sort, for a JavaScript engine.
//
// SPDX-License-Identifier: MIT
'use strict';

const textOf = new Map();
const kept = [];
for (let i = 1; i <= 60000; i++) {
    const key = `key ${(i * 7919) % 10007}`;
    textOf.set(key, (textOf.get(key) || '') + 'abcdefghijklmnopqrstuvwxyz'.slice(i % 26));
    if (i % 7 === 0) kept.push({i, key, length: textOf.get(key).length});
    if (i % 13 === 0) textOf.delete(key);
}
const buffers = [];
for (let i = 0; i < 2000; i++) buffers.push(Buffer.alloc(1 + ((i * 37) % 9000), i % 251));
let sum = 0;
for (const buffer of buffers) for (const byte of buffer.subarray(0, 50)) sum += byte;
kept.sort((a, b) => b.length - a.length || a.i - b.i);
console.log(textOf.size, kept.length, sum);
console.log(JSON.stringify(kept.slice(0, 200)));
console.log([...textOf.keys()].sort().join(',').slice(0, 3000));
