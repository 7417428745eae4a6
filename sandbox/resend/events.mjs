// Resend's webhooks, signed in the Svix way. The id stays the same over repeated attempts, the time stamp does not.
import { createHmac } from "node:crypto";

export const EVENT_TYPES = new Set(["email.sent", "email.scheduled", "email.delivered", "email.delivery_delayed", "email.complained",
	"email.bounced", "email.opened", "email.clicked", "email.failed", "email.suppressed"]);

export const resendDelivery = {
	path: "/api/webhooks/resend",
	timeoutMs: 15_000,
	// 5 s, 5 min, 30 min … at the vendor.
	retriesMs: [2000, 10_000, 60_000],
	succeeded: (status) => status >= 200 && status < 300,
	retryable: () => true,
	sign(delivery, settings) {
		const id = `msg_${(delivery.message_id || delivery.id).replaceAll("-", "").slice(0, 27)}`;
		const timestamp = String(Math.floor(Date.now() / 1000));
		const body = JSON.stringify(delivery.payload);
		const key = Buffer.from(settings.get("RESEND_WEBHOOK_SECRET").replace(/^whsec_/, ""), "base64");
		const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
		return { body, headers: { "content-type": "application/json", "user-agent": "Svix-Webhooks/1.62", "svix-id": id,
			"svix-timestamp": timestamp, "svix-signature": `v1,${signature}` } };
	},
};

const EXTRA = {
	"email.bounced": { bounce: { message: "The recipient's email address does not exist.", type: "Permanent", subType: "General",
		diagnosticCode: ["smtp; 550 5.1.1 user unknown"] } },
	"email.failed": { failed: { reason: "reached_daily_quota" } },
	"email.suppressed": { suppressed: { message: "The address is on the suppression list.", type: "OnAccountSuppressionList" } },
	"email.clicked": { click: { ipAddress: "127.0.0.1", link: "https://example.org/", timestamp: "2026-01-01T00:00:00.000Z", userAgent: "sandbox" } },
};

/** Tags are sent as a list and come back as an object. */
export function emailEvent(type, email) {
	return { type, created_at: new Date().toISOString(), data: {
		created_at: email.created_at, email_id: email.id, message_id: email.message_id, from: email.from, to: email.to, subject: email.subject,
		tags: Object.fromEntries(email.tags.map(({ name, value }) => [name, value])), ...EXTRA[type] } };
}
