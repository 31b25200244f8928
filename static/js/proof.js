// The step before sending, where very many forms arrive: a calculation that takes a person's device
// a second. It runs beside the page, in a worker made of this same file.
"use strict";

const PARTS = 8;
const K = new Uint32Array(64);
const START = new Uint32Array(8);

// The constants of SHA-256: the first 32 bits of the fractions of roots of primes.
function findConstants() {
  const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) >>> 0;
  for (let n = 2, found = 0; found < 64; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false;
    if (!isPrime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(n));
    K[found++] = fraction(Math.cbrt(n));
  }
}

const w = new Uint32Array(64);

// One block of 64 bytes, into the state.
function mix(state, block) {
  for (let i = 0; i < 16; i++) w[i] = block.getUint32(i * 4);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

// The number that, put behind the text, gives a hash which begins with so many zero bits.
function search(text, bits) {
  const head = new TextEncoder().encode(text);
  const whole = head.length - (head.length % 64);
  const before = START.slice();
  for (let at = 0; at < whole; at += 64) mix(before, new DataView(head.buffer, at, 64));
  const rest = head.length - whole;
  const bytes = new Uint8Array(128);
  const blocks = [new DataView(bytes.buffer, 0, 64), new DataView(bytes.buffer, 64, 64)];
  const state = new Uint32Array(8);
  for (let number = 0; ; number++) {
    const digits = String(number);
    bytes.fill(0);
    bytes.set(head.subarray(whole));
    for (let i = 0; i < digits.length; i++) bytes[rest + i] = digits.charCodeAt(i);
    const end = rest + digits.length;
    bytes[end] = 0x80;
    const isShort = end < 56;
    blocks[isShort ? 0 : 1].setUint32(60, (whole + end) * 8);
    state.set(before);
    mix(state, blocks[0]);
    if (!isShort) mix(state, blocks[1]);
    if (Math.clz32(state[0]) >= bits) return digits;
  }
}

function work({ data }) {
  findConstants();
  for (let part = 0; part < PARTS; part++) self.postMessage(search(`${data.text}:${part}:`, data.bits));
}

function show() {
  const form = document.getElementById("answers");
  const step = document.getElementById("one-more-step");
  const told = step.querySelector("[data-status]");
  const worker = new Worker(document.currentScript.src);
  const found = [];
  let isEdited = false;
  const turn = (isWorking) => {
    step.querySelector("[data-with]").hidden = !isWorking;
    step.querySelector("[data-without]").hidden = isWorking;
  };
  form.addEventListener("input", () => (isEdited = true));
  worker.addEventListener("error", () => {
    told.textContent = step.dataset.failed;
    turn(false);
  });
  worker.addEventListener("message", ({ data }) => {
    found.push(data);
    step.querySelector("progress").value = found.length;
    if (found.length < PARTS) return;
    worker.terminate();
    form.elements.proof.value = found.join(".");
    // Who has begun to write something else sends it when they are done.
    told.textContent = isEdited ? step.dataset.ready : step.dataset.sending;
    step.querySelector("[data-with] p").hidden = true;
    if (!isEdited) form.requestSubmit();
  });
  turn(true);
  step.focus();
  worker.postMessage({ text: form.elements.challenge.value, bits: Number(step.dataset.bits) });
}

if (typeof document === "undefined") self.addEventListener("message", work);
else show();
