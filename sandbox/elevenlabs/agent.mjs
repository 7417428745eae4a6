// The one agent of the sandbox: its settings as the vendor's API shows them, and what it says.
export const REQUIRED_VARIABLES = ["company_name", "candidate_name", "job_description", "job_application", "conversation_pointers"];
export const MAX_DURATION_SECONDS = 1800;

const FIRST_MESSAGE = "Hello {{candidate_name}}, I am the AI interviewer of {{company_name}}. This talk is recorded. I have read your application and the description of the job, and I would like to ask you a few questions. Is now a good time?";
const PROMPT = "You interview {{candidate_name}} for {{company_name}}.\nJob:\n{{job_description}}\nApplication:\n{{job_application}}\nGo through these points, one at a time:\n{{conversation_pointers}}";

export function agentConfig(agentId, voiceId) {
	return {
		agent_id: agentId, name: "Screening interview (sandbox)",
		conversation_config: {
			agent: { first_message: FIRST_MESSAGE, language: "en",
				dynamic_variables: { dynamic_variable_placeholders: Object.fromEntries(REQUIRED_VARIABLES.map((name) => [name, `(${name})`])) },
				prompt: { prompt: PROMPT, llm: "gemini-2.5-flash", temperature: 0, tool_ids: [],
					built_in_tools: { end_call: { name: "end_call", description: "", params: { system_tool_type: "end_call" } } } } },
			tts: { voice_id: voiceId, model_id: "eleven_flash_v2", agent_output_audio_format: "pcm_16000", stability: 0.5, speed: 1, similarity_boost: 0.8 },
			asr: { quality: "high", provider: "elevenlabs", user_input_audio_format: "pcm_16000", keywords: [] },
			turn: { turn_timeout: 7, silence_end_call_timeout: -1 },
			conversation: { text_only: false, max_duration_seconds: MAX_DURATION_SECONDS,
				client_events: ["audio", "interruption", "agent_response", "user_transcript", "tentative_user_transcript",
					"conversation_initiation_metadata", "agent_response_correction", "agent_tool_response", "ping"] },
		},
		platform_settings: { auth: { enable_auth: true, allowlist: [], shareable_token: null },
			call_limits: { agent_concurrency_limit: -1, daily_limit: 100_000, bursting_enabled: true },
			privacy: { record_voice: true, retention_days: -1, delete_transcript_and_pii: false, delete_audio: false, zero_retention_mode: false } },
		metadata: { created_at_unix_secs: 1_760_000_000, updated_at_unix_secs: 1_760_000_000 },
		phone_numbers: [], tags: [],
	};
}

/** Names of variables that the agent needs and the client did not send. */
export function missingVariables(variables) {
	return REQUIRED_VARIABLES.filter((name) => variables?.[name] === undefined || variables[name] === null);
}

export function firstMessage(variables) {
	return FIRST_MESSAGE.replace(/\{\{(\w+)\}\}/g, (whole, name) => String(variables[name] ?? whole));
}

/** The points come as one text: a JSON list, or a line each with or without numbers and dashes. */
export function readPointers(text) {
	try {
		const list = JSON.parse(text);
		if (Array.isArray(list))
			return list.map((entry) => typeof entry === "string" ? entry : entry?.question ?? entry?.text ?? entry?.pointer).filter(Boolean).map(String);
	} catch { /* it is plain text */ }
	return String(text).split("\n").map((line) => line.replace(/^\s*(?:[-*•]|\(?\d+[.):])\s*/, "").trim()).filter(Boolean);
}

const ACKNOWLEDGED = ["Thank you.", "That helps, thank you.", "I see.", "Good to know.", "Thanks for the detail."];

/** Short thanks, then the next point as a question. */
export function nextQuestion(pointer, turn) {
	const question = /[?.!]$/.test(pointer) ? pointer : `Please tell me about this: ${pointer}.`;
	return `${ACKNOWLEDGED[turn % ACKNOWLEDGED.length]} ${question}`;
}

export const STILL_THERE = "I cannot hear you at the moment. Please take your time; if you are speaking, check that your microphone is on.";
export const closing = (variables) => `Thank you, ${String(variables.candidate_name).split(" ")[0]}. That was my last question. The team at ${variables.company_name} will read this and write to you. Goodbye.`;
export const GIVING_UP = "I still cannot hear you, so I will end here. You can open the link again to continue. Goodbye.";
