// The account: its plan, what it has spoken so far, and the models it may use.
const SPENT_BEFORE = 12_000;
const CHARACTER_LIMIT = 500_000;

const SUBSCRIPTION = { tier: "pro", character_limit: CHARACTER_LIMIT, max_character_limit_extension: null, max_credit_limit_extension: 0, can_extend_character_limit: false,
	allowed_to_extend_character_limit: false, next_character_count_reset_unix: 1_800_000_000, voice_slots_used: 1, professional_voice_slots_used: 0, professional_voice_slots_used_in_workspace: 0,
	voice_limit: 160, max_voice_add_edits: null, voice_add_edit_counter: 0, professional_voice_limit: 1, can_extend_voice_limit: false,
	can_use_instant_voice_cloning: true, can_use_professional_voice_cloning: true, currency: "usd", status: "active", billing_period: "monthly_period",
	character_refresh_period: "monthly_period", next_invoice: null, open_invoices: [], has_open_invoices: false, pending_change: null, current_overage: { amount: "0", currency: "usd" } };

const LANGUAGES = [["en", "English"], ["de", "German"], ["es", "Spanish"], ["fr", "French"], ["it", "Italian"], ["pt", "Portuguese"]]
	.map(([language_id, name]) => ({ language_id, name }));

function model(model_id, name, longest, multiplier, more = {}) {
	return { model_id, name, can_be_finetuned: true, can_do_text_to_speech: true, can_do_voice_conversion: false,
		can_use_style: false, can_use_speaker_boost: false, serves_pro_voices: false, token_cost_factor: multiplier, description: name,
		requires_alpha_access: false, max_characters_request_free_user: longest, max_characters_request_subscribed_user: longest,
		maximum_text_length_per_request: longest, languages: LANGUAGES,
		model_rates: { character_cost_multiplier: multiplier }, concurrency_group: "standard", ...more };
}

export const MODELS = [
	model("eleven_multilingual_v2", "Eleven Multilingual v2", 10_000, 1, { can_use_style: true, can_use_speaker_boost: true }),
	model("eleven_flash_v2_5", "Eleven Flash v2.5", 40_000, 0.5, { concurrency_group: "turbo" }),
	model("eleven_flash_v2", "Eleven Flash v2", 30_000, 0.5, { concurrency_group: "turbo", languages: LANGUAGES.slice(0, 1) }),
	model("eleven_turbo_v2_5", "Eleven Turbo v2.5", 40_000, 0.5, { concurrency_group: "turbo" }),
	model("eleven_multilingual_sts_v2", "Eleven Multilingual v2 (speech to speech)", 10_000, 1, { can_do_text_to_speech: false, can_do_voice_conversion: true }),
];

/** `part` is the vendor's part of the state; `characters` in it is what was spoken in the sandbox. */
export function openAccount({ part, changed }) {
	part.characters ??= 0;
	const spent = () => SPENT_BEFORE + part.characters;

	return {
		subscription: () => ({ ...SUBSCRIPTION, character_count: spent() }),
		canPay: (cost) => spent() + cost <= CHARACTER_LIMIT,
		pay(cost) {
			part.characters += cost;
			changed();
		},
	};
}
