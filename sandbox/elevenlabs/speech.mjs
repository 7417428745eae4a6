// POST /v1/text-to-speech/{voice_id}: checks as the vendor checks, speaks, and takes the characters from the account.
import { randomBytes } from "node:crypto";
import { answer, jsonOf } from "../lib/listener.mjs";
import { MODELS } from "./account.mjs";
import { invalidField, refusal } from "./refusal.mjs";
import { FORMATS, spokenMs } from "./sound.mjs";
import { noVoice, pitchOf } from "./voices.mjs";

const DEFAULT_FORMAT = "mp3_44100_128";
const DEFAULT_MODEL = "eleven_multilingual_v2";
const OPUS = /^opus_48000_(32|64|96|128|192)$/;
const REQUEST_IDS = 3;
const LARGEST_SEED = 4_294_967_295;

/** `voice` is undefined when there is none with this `id`. */
export function speak(request, { id, voice, account }) {
	const name = request.query.get("output_format") || DEFAULT_FORMAT;
	const format = FORMATS.get(name);
	if (!format && OPUS.test(name))
		return refusal(501, "invalid_request", "invalid_output_format", "The sandbox has no encoder for Opus.", "output_format");
	if (!format)
		return refusal(400, "validation_error", "invalid_output_format", `The output format '${name}' does not exist.`, "output_format");
	const body = jsonOf(request);
	if (body === undefined)
		return refusal(400, "validation_error", "malformed_json", "The body is not valid JSON.");
	if (!isObject(body) || !isJson(request.headers["content-type"]))
		return invalidField("model_attributes_type", ["body"], "Input should be a valid dictionary or object to extract fields from");
	const problem = wrongField(body) ?? (voice ? null : noVoice(id)) ?? wrongModel(body) ?? wrongText(body) ?? wrongSettings(body);
	if (problem)
		return problem;

	const characters = [...body.text].length;
	const cost = Math.ceil(characters * modelOf(body).model_rates.character_cost_multiplier);
	if (!account.canPay(cost))
		return refusal(402, "payment_required", "insufficient_credits", `This request needs ${cost} credits, more than are left.`);
	const audio = format.make({ text: body.text, ms: spokenMs(body.text, body.voice_settings?.speed ?? 1), pitch: pitchOf(voice) });
	account.pay(cost);
	return answer(200, audio, { effect: `spoke ${characters} characters as ${name}`,
		headers: { "content-type": format.content, "character-cost": String(cost), "history-item-id": randomBytes(15).toString("hex").slice(0, 20) } });
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isJson = (contentType) => contentType === undefined || /^application\/(.*\+)?json\b/i.test(contentType);
const modelOf = (body) => MODELS.find(({ model_id }) => model_id === (body.model_id ?? DEFAULT_MODEL));

const isText = (value) => typeof value === "string";
const isNumber = (value) => typeof value === "number";
const isTexts = (value) => Array.isArray(value) && value.every(isText);
const TYPES = {
	string: [isText, "Input should be a valid string"], number: [isNumber, "Input should be a valid number"],
	integer: [Number.isInteger, "Input should be a valid integer"], boolean: [(value) => typeof value === "boolean", "Input should be a valid boolean"],
	list: [isTexts, "Input should be a valid list"], object: [isObject, "Input should be a valid dictionary or object to extract fields from"],
};
const FIELDS = { text: "string", model_id: "string", language_code: "string", voice_settings: "object", seed: "integer", previous_text: "string", next_text: "string",
	previous_request_ids: "list", next_request_ids: "list", apply_text_normalization: "string" };
const SETTINGS = { stability: "number", similarity_boost: "number", style: "number", speed: "number", use_speaker_boost: "boolean" };

/** What the vendor's framework finds by the schema alone: 422. */
function wrongField(body) {
	if (body.text === undefined)
		return invalidField("missing", ["body", "text"], "Field required", body);
	if (!isText(body.text))
		return wrongType("string", ["body", "text"], body.text);
	const problem = wrongTypes(body, FIELDS, ["body"]) ?? wrongTypes(body.voice_settings ?? {}, SETTINGS, ["body", "voice_settings"]);
	if (problem)
		return problem;
	if (![undefined, null, "auto", "on", "off"].includes(body.apply_text_normalization))
		return invalidField("enum", ["body", "apply_text_normalization"], "Input should be 'auto', 'on' or 'off'", body.apply_text_normalization);
	for (const name of ["stability", "similarity_boost"]) {
		const value = body.voice_settings?.[name] ?? 0.5;
		if (value < 0)
			return invalidField("greater_than_equal", ["body", "voice_settings", name], "Input should be greater than or equal to 0", value);
		if (value > 1)
			return invalidField("less_than_equal", ["body", "voice_settings", name], "Input should be less than or equal to 1", value);
	}
	return null;
}

function wrongTypes(object, fields, loc) {
	for (const [name, type] of Object.entries(fields)) {
		const value = object[name] ?? null;
		if (value !== null && !TYPES[type][0](value))
			return wrongType(type, [...loc, name], value);
	}
	return null;
}

function wrongType(type, loc, value) {
	return invalidField(`${type}_type`, loc, TYPES[type][1], value);
}

function wrongModel(body) {
	const model = modelOf(body);
	if (!model)
		return refusal(404, "not_found", "model_not_found", `A model with the ID '${body.model_id}' does not exist.`, "model_id");
	if (!model.can_do_text_to_speech)
		return refusal(400, "validation_error", "unsupported_model", `The model '${model.model_id}' cannot do text to speech.`, "model_id");
	return null;
}

function wrongText(body) {
	const longest = modelOf(body).maximum_text_length_per_request;
	if (body.text.trim() === "")
		return refusal(400, "validation_error", "empty_text", "The text is empty.", "text");
	if ([...body.text].length > longest)
		return refusal(400, "validation_error", "text_too_long", `The text has more than ${longest} characters.`, "text");
	return null;
}

/** Ranges that the schema does not know. */
function wrongSettings(body) {
	const { style, speed } = body.voice_settings ?? {};
	if (outside(style, 0, 1))
		return refusal(400, "validation_error", "invalid_voice_settings", "style must be between 0 and 1.", "voice_settings.style");
	if (outside(speed, 0.7, 1.2))
		return refusal(400, "validation_error", "invalid_voice_settings", "speed must be between 0.7 and 1.2.", "voice_settings.speed");
	if (outside(body.seed, 0, LARGEST_SEED))
		return refusal(400, "validation_error", "invalid_parameters", `seed must be between 0 and ${LARGEST_SEED}.`, "seed");
	for (const name of ["previous_request_ids", "next_request_ids"])
		if (body[name]?.length > REQUEST_IDS)
			return refusal(400, "validation_error", "invalid_parameters", `${name} may hold ${REQUEST_IDS} ids.`, name);
	return null;
}

const outside = (value, least, most) => isNumber(value) && (value < least || value > most);
