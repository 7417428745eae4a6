// The voices: a library with names of the sandbox's own, the list with the vendor's filters and pages, and what a voice
// sounds like. The voice from the product's settings always exists and comes first.
import { createHash } from "node:crypto";
import { answer } from "../lib/listener.mjs";
import { MODELS } from "./account.mjs";
import { invalidField, refusal } from "./refusal.mjs";
import { spokenMs, wav } from "./sound.mjs";
import { synthesize } from "./audio.mjs";

const PAGE = 10;
const PAGE_LIMIT = 100;
const PREVIEW_RATE = 16_000;
const FIRST_CREATED = 1_700_000_000;
const CATEGORIES = ["premade", "cloned", "generated", "professional"];
const LOCALES = { american: "en-US", british: "en-GB", irish: "en-IE", australian: "en-AU", indian: "en-IN", nigerian: "en-NG", scottish: "en-GB",
	standard: "de-DE", austrian: "de-AT", parisian: "fr-FR", castilian: "es-ES", mexican: "es-MX", brazilian: "pt-BR", milanese: "it-IT" };

// name, category, gender, age, language, accent, use_case, descriptive, description
const LIBRARY = [
	["Amara Fennwick", "premade", "female", "middle_aged", "en", "british", "conversational", "warm", "A warm voice for calls that should not sound like calls."],
	["Tobin Hale", "premade", "male", "young", "en", "american", "conversational", "upbeat", "Quick, friendly and a little out of breath."],
	["Odalys Marrin", "premade", "female", "young", "en", "american", "social_media", "bright", "Bright and clear, good for short announcements."],
	["Corwin Ashby", "premade", "male", "old", "en", "british", "narrative_story", "deep", "Deep and unhurried, made for long chapters."],
	["Sunniva Drake", "premade", "female", "middle_aged", "en", "irish", "informative_educational", "calm", "Explains patiently and never raises its tone."],
	["Lachlan Pryce", "premade", "male", "middle_aged", "en", "australian", "conversational", "relaxed", "Relaxed, as if leaning on a fence."],
	["Meera Tavish", "premade", "female", "young", "en", "indian", "conversational", "professional", "Polite and precise, suited to support lines."],
	["Obinna Lark", "premade", "male", "middle_aged", "en", "nigerian", "informative_educational", "confident", "A confident speaker with round vowels."],
	["Isla Crannoch", "premade", "female", "old", "en", "scottish", "narrative_story", "gentle", "A gentle storyteller by the fire."],
	["Jasper Quill", "premade", "neutral", "young", "en", "american", "informative_educational", "neutral", "Neutral and even, reads numbers well."],
	["Petra Lindqvist", "premade", "female", "middle_aged", "de", "standard", "conversational", "friendly", "A friendly German voice for appointments."],
	["Anselm Brucker", "premade", "male", "middle_aged", "de", "austrian", "narrative_story", "cosy", "German with an Austrian colour, cosy and slow."],
	["Delphine Aurel", "premade", "female", "young", "fr", "parisian", "social_media", "elegant", "French, light and elegant."],
	["Bastien Corvo", "premade", "male", "old", "fr", "parisian", "narrative_story", "gravelly", "A gravelly French voice for documentaries."],
	["Ximena Solano", "premade", "female", "middle_aged", "es", "mexican", "conversational", "lively", "Lively Spanish for reminders and invitations."],
	["Gonzalo Rueda", "professional", "male", "middle_aged", "es", "castilian", "informative_educational", "serious", "Serious Castilian Spanish, a newsreader."],
	["Thais Montebelo", "professional", "female", "young", "pt", "brazilian", "conversational", "sunny", "Sunny Brazilian Portuguese."],
	["Ruggero Valli", "professional", "male", "old", "it", "milanese", "narrative_story", "noble", "Noble Italian for audio guides."],
	["Hester Vane", "professional", "female", "middle_aged", "en", "american", "conversational", "assured", "An assured voice for interviews and sales calls."],
	["Front Desk", "cloned", "female", "young", "en", "american", "conversational", "casual", "A recording of our own reception, cloned."],
	["Founder", "cloned", "male", "middle_aged", "en", "british", "conversational", "energetic", "The founder's voice, cloned with consent."],
	["Night Shift", "generated", "male", "middle_aged", "en", "american", "characters_animation", "raspy", "Designed from a description: tired, raspy, kind."],
	["Paper Lantern", "generated", "female", "old", "en", "american", "characters_animation", "whispery", "Designed from a description: soft, close, whispering."],
	["Switchboard", "generated", "neutral", "young", "en", "american", "entertainment_tv", "retro", "Designed from a description: an operator of the fifties."],
].map(([name, category, gender, age, language, accent, use_case, descriptive, description], index) =>
	({ id: idOf(name), name, category, description, created: FIRST_CREATED + index * 86_400, labels: { gender, age, language, accent, use_case, descriptive } }));

/** Twenty letters and digits, as the vendor's, the same in every run. */
function idOf(name) {
	return createHash("sha256").update(name).digest("base64").replace(/[^A-Za-z0-9]/g, "").slice(0, 20);
}

/** All voices; `own` is the id of the voice from the settings. */
export function voicesOf(own) {
	const labels = { gender: "male", age: "middle_aged", language: "en", accent: "american", use_case: "conversational", descriptive: "calm" };
	const first = { id: own, name: "Eric (sandbox)", category: "premade", description: "A calm, friendly voice.", created: FIRST_CREATED - 86_400, labels };
	return [first, ...LIBRARY.filter((voice) => voice.id !== own)];
}

export function findVoice(id, own) {
	return voicesOf(own).find((voice) => voice.id === id);
}

export function noVoice(id) {
	return refusal(404, "not_found", "voice_not_found", `A voice with the ID '${id}' was not found.`, "voice_id");
}

/** The middle of the melody in hertz; each voice has its own. */
export function pitchOf({ id, labels }) {
	const base = { female: 205, male: 125, neutral: 165 }[labels.gender];
	return base + createHash("sha256").update(id).digest()[0] % 25 - 12;
}

export function previewOf(voice) {
	const text = `Hello, my name is ${voice.name}. ${voice.description}`;
	return wav(synthesize(text, spokenMs(text), { rate: PREVIEW_RATE, pitch: pitchOf(voice) }), PREVIEW_RATE);
}

/** A voice as the vendor shows it; `host` is the sandbox's own address, where the preview lies. */
export function voiceModel({ id, name, category, description, created, labels }, host) {
	const preview_url = `http://${host}/previews/${encodeURIComponent(id)}.wav`;
	return { voice_id: id, name, category, labels: { ...labels }, description, preview_url, settings: null, available_for_tiers: [],
		high_quality_base_model_ids: MODELS.filter((model) => model.can_do_text_to_speech).map((model) => model.model_id),
		verified_languages: [{ language: labels.language, model_id: "eleven_multilingual_v2", accent: labels.accent, locale: LOCALES[labels.accent], preview_url }],
		samples: null, sharing: null, voice_verification: null, fine_tuning: null, permission_on_resource: null, is_owner: ["cloned", "generated"].includes(category),
		is_legacy: false, is_mixed: false, favorited_at_unix: null, created_at_unix: created };
}

/** GET /v2/voices. */
export function listVoices(voices, { query, host }) {
	const asked = query.get("page_size") ?? String(PAGE);
	if (!/^[+-]?\d+$/.test(asked))
		return invalidField("int_parsing", ["query", "page_size"], "Input should be a valid integer, unable to parse string as an integer", asked);
	const size = Number(asked);
	if (size < 1 || size > PAGE_LIMIT)
		return refusal(400, "validation_error", "invalid_page_size", `The page size must be between 1 and ${PAGE_LIMIT}.`, "page_size");
	for (const [name, known] of [["category", CATEGORIES], ["sort", ["name", "created_at_unix"]], ["sort_direction", ["asc", "desc"]]])
		if (query.get(name) && !known.includes(query.get(name)))
			return refusal(400, "validation_error", "invalid_parameters", `${name} must be one of ${known.join(", ")}.`, name);
	const found = sorted(voices.filter((voice) => wanted(voice, query)), query.get("sort"), query.get("sort_direction"));
	const token = query.get("next_page_token");
	const from = token ? found.findIndex((voice) => tokenOf(voice) === token) + 1 : 0;
	if (token && from === 0)
		return refusal(400, "invalid_request", "invalid_cursor", "The next page token is not valid.", "next_page_token");
	const page = found.slice(from, from + size);
	const has_more = from + size < found.length;
	return answer(200, { voices: page.map((voice) => voiceModel(voice, host)), has_more,
		total_count: query.get("include_total_count") === "false" ? 0 : found.length, next_page_token: has_more ? tokenOf(page.at(-1)) : null });
}

const tokenOf = (voice) => Buffer.from(`voice ${voice.id}`).toString("base64url");

function wanted(voice, query) {
	const words = (query.get("search") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
	const text = [voice.name, voice.description, voice.category, ...Object.values(voice.labels)].join("\n").toLowerCase();
	const label = (name) => !query.get(name) || voice.labels[name] === query.get(name).toLowerCase();
	const oneOf = (name, value) => !query.has(name) || query.getAll(name).includes(value);
	return words.every((word) => text.includes(word))
		&& (!query.get("category") || voice.category === query.get("category"))
		&& label("gender") && label("age") && label("accent")
		&& oneOf("language", voice.labels.language) && oneOf("use_cases", voice.labels.use_case) && oneOf("voice_ids", voice.id);
}

/** Without a wish the library's own order stands. */
function sorted(voices, by, direction) {
	if (by === "name")
		voices.sort((a, b) => a.name.localeCompare(b.name, "en"));
	else if (by === "created_at_unix")
		voices.sort((a, b) => a.created - b.created);
	return by && direction === "desc" ? voices.reverse() : voices;
}
