// The agent's voice: not words, but something that has the melody and the pauses of a sentence and is pleasant to hear,
// made in code so that no recording has to be shipped. Also the small file that stands for a recorded talk.

export const RATE = 16_000;
const MS_PER_CHARACTER = 48;
const SHORTEST_MS = 500;
const LONGEST_MS = 7000;

export function speechMs(text, pace) {
	return Math.round(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, text.length * MS_PER_CHARACTER)) / pace);
}

const TABLE = 4096;
const tabulate = (of) => Float64Array.from({ length: TABLE }, (_, n) => of(n / TABLE));
/** One period of the voice, and the swell of one syllable: tables, because a long text has millions of samples. */
const TONE = tabulate((part) => [[1, 1], [2, 0.45], [3, 0.2], [5, 0.08]].reduce((sum, [overtone, size]) => sum + size * Math.sin(2 * Math.PI * overtone * part), 0));
const SWELL = tabulate((part) => Math.sin(Math.PI * part) ** 0.7);

/** PCM16LE mono: one voiced syllable about every 180 ms, falling pitch, silence at commas and full stops. */
export function synthesize(text, milliseconds, { rate = RATE, pitch: base = 165 } = {}) {
	const samples = Math.round(milliseconds * rate / 1000);
	const pcm = Buffer.alloc(samples * 2);
	const letters = [...text].map((letter) => ({ loud: /[\s,.;:?!]/.test(letter) ? 0 : 5200, rise: (letter.codePointAt(0) % 7) * 3 }));
	let phase = 0; // in periods
	for (let n = 0; n < samples; n++) {
		const progress = n / samples;
		const { loud, rise } = letters[Math.floor(progress * letters.length)];
		const syllable = (n / rate) % 0.18 / 0.18;
		const pitch = base - 35 * progress + 18 * Math.sin(2 * Math.PI * 0.7 * n / rate) + rise;
		phase = (phase + pitch / rate) % 1;
		pcm.writeInt16LE(Math.round(loud * SWELL[Math.floor(syllable * TABLE)] * TONE[Math.floor(phase * TABLE)]), n * 2);
	}
	return pcm;
}

/** Root mean square of a base64 PCM16LE chunk, 0 to 32767. */
export function loudness(base64) {
	const pcm = Buffer.from(base64, "base64");
	const count = pcm.length >> 1;
	let sum = 0;
	for (let n = 0; n < count; n++) {
		const sample = pcm.readInt16LE(n * 2);
		sum += sample * sample;
	}
	return count ? Math.sqrt(sum / count) : 0;
}

export function chunkMs(base64) {
	return Buffer.byteLength(base64, "base64") / 2 / RATE * 1000;
}

const MP3_LONGEST_MS = 30_000;
/** The header's numbers: layer III of MPEG-1 (1152 samples a frame) and, for half the rates, of MPEG-2 (576). */
const MPEG1 = { mark: 0xfb, samples: 1152, rates: [44_100, 48_000, 32_000], kbps: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192] };
const MPEG2 = { mark: 0xf3, samples: 576, rates: [22_050, 24_000, 16_000], kbps: [0, 8, 16, 24, 32, 40, 48, 56, 64] };

/**
 * A playable MP3 (layer III, mono) of silence: empty frames are the one kind that can be written without an encoder, and
 * players, browsers and length checks treat them as any other file.
 */
export function silentMp3(milliseconds, { rate = 44_100, kbps = 32, longest = MP3_LONGEST_MS } = {}) {
	const mpeg = MPEG1.rates.includes(rate) ? MPEG1 : MPEG2;
	const size = Math.floor(mpeg.samples / 8 * kbps * 1000 / rate);
	const frames = Math.max(10, Math.ceil(Math.min(milliseconds, longest) * rate / 1000 / mpeg.samples));
	const header = Buffer.from([0xff, mpeg.mark, mpeg.kbps.indexOf(kbps) << 4 | mpeg.rates.indexOf(rate) << 2, 0xc4]);
	const file = Buffer.alloc(frames * size);
	for (let frame = 0; frame < frames; frame++)
		header.copy(file, frame * size);
	return file;
}
