// Post-call webhooks of ElevenLabs: signature over time stamp and raw body.
import { createHmac } from "node:crypto";

export const elevenlabsDelivery = {
	path: "/api/webhooks/elevenlabs",
	timeoutMs: 15_000,
	// Retries are off by default at the vendor, so a product that leans on them must be caught here.
	retriesMs: [],
	succeeded: (status) => status === 200,
	retryable: (status) => status === null || status >= 500 || status === 429 || status === 408,
	sign(delivery, settings) {
		const body = JSON.stringify(delivery.payload);
		const timestamp = Math.floor(Date.now() / 1000);
		const digest = createHmac("sha256", settings.get("ELEVENLABS_WEBHOOK_SECRET")).update(`${timestamp}.${body}`).digest("hex");
		return { body, headers: { "content-type": "application/json", "user-agent": "ElevenLabs/1.0", "elevenlabs-signature": `t=${timestamp},v0=${digest}` } };
	},
};
