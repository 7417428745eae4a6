// Spoken text in the vendor's output formats. WAV, PCM and the telephone's two laws carry the sandbox's melody; MP3 is
// silence of the right length, because there is no encoder at hand.
import { silentMp3, synthesize } from "./audio.mjs";

const MS_PER_CHARACTER = 60;
const SHORTEST_MS = 400;
const LONGEST_MS = 600_000;
const WAV_HEADER = 44;

const rates = [8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
const raw = (content, encode) => (rate) => ({ content, make: (voice) => encode(synthesize(voice.text, voice.ms, { rate, pitch: voice.pitch }), rate) });
const wave = raw("audio/wav", wav);
const pcm = raw("audio/pcm", (samples) => samples);
const mp3 = (rate, kbps) => ({ content: "audio/mpeg", make: (voice) => silentMp3(voice.ms, { rate, kbps, longest: LONGEST_MS }) });

/** Every format that the sandbox makes: name to {content, make({text, ms, pitch})}. */
export const FORMATS = new Map([
	...rates.map((rate) => [`wav_${rate}`, wave(rate)]),
	...rates.map((rate) => [`pcm_${rate}`, pcm(rate)]),
	["ulaw_8000", raw("audio/basic", (samples) => compand(samples, ulaw))(8000)],
	["alaw_8000", raw("audio/x-alaw-basic", (samples) => compand(samples, alaw))(8000)],
	["mp3_22050_32", mp3(22_050, 32)], ["mp3_24000_48", mp3(24_000, 48)],
	...[32, 64, 96, 128, 192].map((kbps) => [`mp3_44100_${kbps}`, mp3(44_100, kbps)]),
]);

export function spokenMs(text, speed = 1) {
	return Math.round(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, [...text].length * MS_PER_CHARACTER) / speed));
}

/** RIFF with one `fmt ` (PCM, mono, 16 bit) and one `data` chunk. */
export function wav(samples, rate) {
	const header = Buffer.alloc(WAV_HEADER);
	header.write("RIFF", 0, "latin1");
	header.writeUInt32LE(WAV_HEADER - 8 + samples.length, 4);
	header.write("WAVEfmt ", 8, "latin1");
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(rate, 24);
	header.writeUInt32LE(rate * 2, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write("data", 36, "latin1");
	header.writeUInt32LE(samples.length, 40);
	return Buffer.concat([header, samples]);
}

function compand(samples, law) {
	const bytes = Buffer.alloc(samples.length >> 1);
	for (let n = 0; n < bytes.length; n++)
		bytes[n] = law(samples.readInt16LE(n * 2));
	return bytes;
}

/** G.711: sign, three bits of segment, four bits of step, all inverted. */
function ulaw(sample) {
	const size = Math.min(Math.abs(sample), 32_635) + 132;
	const segment = 24 - Math.clz32(size);
	return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | ((size >> (segment + 3)) & 0x0f)) & 0xff;
}

/** G.711: the same with a sign that means positive, every second bit inverted, on 13 bits. */
function alaw(sample) {
	const size = (sample < 0 ? ~sample : sample) >> 3;
	const segment = Math.max(0, 27 - Math.clz32(size));
	return ((sample < 0 ? 0 : 0x80) | (segment << 4) | ((size >> Math.max(1, segment)) & 0x0f)) ^ 0x55;
}
