/* Every bound on what comes from outside, by name (design 5).  Over a bound is
 * an ordinary, explained error. */
#ifndef PARLEY_BASE_LIMITS_H
#define PARLEY_BASE_LIMITS_H

enum limits {
	/* requests */
	LIMIT_BODY_ACTION = 16 << 10,
	LIMIT_BODY_API = 256 << 10,
	LIMIT_BODY_WEBHOOK = 5 << 20,        /* contract 3.2; Linear's own handler has the same */
	LIMIT_BODY_WEBHOOK_AUDIO = 64 << 20, /* ElevenLabs' post_call_audio */
	LIMIT_QUERY = 8 << 10, /* names a hundred columns */
	LIMIT_HEADER = 4 << 10,
	LIMIT_FORM_FIELDS = 200,
	LIMIT_JSON_DEPTH = 32,
	LIMIT_RESPONSE = 8 << 20,

	/* vendors' answers */
	LIMIT_REPLY = 16 << 20, /* a conversation with a long transcript */
	LIMIT_VENDOR_SECONDS = 25,
	LIMIT_MODEL_SECONDS = 90,
	LIMIT_TWILIO_SECONDS = 30, /* its own bound is 26: a shorter one makes late successes unknown */
	LIMIT_RETRY_AFTER_S = 3600,

	/* a candidate's issue */
	LIMIT_NAME = 200,
	LIMIT_EMAIL = 254, /* RFC 5321 4.5.3.1.3 less the angle brackets */
	LIMIT_APPLICATION = 256 << 10,
	LIMIT_JOB = 256 << 10,
	LIMIT_POINTER = 500,
	LIMIT_POINTERS = 5,

	/* a talk */
	LIMIT_CONVERSATION_ID = 128,
	LIMIT_TURNS = 5000,
	LIMIT_PARTS = 20,         /* conversations of one session that hold a talk */
	LIMIT_CONVERSATIONS = 300, /* of one session, begun or not */
	LIMIT_REASONING = 4000,
	LIMIT_KEY_POINTS = 12,
	LIMIT_KEY_POINT = 600,
	LIMIT_REASON = 1000,            /* characters of why a person decides something */
	LIMIT_TALK_AUDIO = 64 << 20,    /* a recording of ElevenLabs: an hour and more */
	LIMIT_TALK_AUDIO_SECONDS = 50,  /* nginx waits 60 */
	LIMIT_SEARCH = 100,

	/* campaigns */
	LIMIT_SCRIPT = 5000, /* characters of an agent's script, or of what a voice is to say */
	LIMIT_AUDIO = 20 << 20, /* a file of ElevenLabs, or one that is uploaded */
	LIMIT_PREVIEW = 4 << 20, /* ElevenLabs' sample of a voice */
	LIMIT_RECORDING_S = 300,
	LIMIT_VARIABLE_NAME = 64,
	LIMIT_SPOKEN = 20 << 10, /* bytes that a script becomes */
	LIMIT_SAY = 500,
	LIMIT_ATTEMPT_ID = 64,
	LIMIT_TWIML = 64 << 10,   /* what Twilio reads */
	LIMIT_TWIML_SECONDS = 10, /* to ask somebody before it is answered: Twilio waits 15 */
	LIMIT_SPEECH = 400,       /* bytes kept of what a called person said */
	LIMIT_HOLIDAYS = 400,
	LIMIT_DELAYS = 20,
	LIMIT_DELAY_S = 90 * 86400, /* until a call is repeated */
	LIMIT_ATTEMPTS = 50,
	LIMIT_CONCURRENT = 1000,
	LIMIT_CALLS_PER_SECOND = 100000,
	LIMIT_DAILY_CAP = 10000000,
	LIMIT_PRICE = 1000000,

	LIMIT_BODY_LEADS = 256 << 20,      /* as CSV, which is read in pieces */
	LIMIT_BODY_DO_NOT_CALL = 64 << 20, /* the same */
	LIMIT_BODY_LEADS_JSON = 16 << 20,
	LIMIT_IMPORT_ROWS = 2000000,
	LIMIT_REJECTED = 10000,            /* rows that a report tells one by one */
	LIMIT_SCAN = 10000,                /* leads that one request for a list looks at */
	LIMIT_CSV_ROW = 64 << 10,
	LIMIT_COLUMNS = 100,               /* of a table of leads; variables of a lead */
	LIMIT_VARIABLE = 2000,
	LIMIT_VARIABLE_NAMES = 1000,       /* different ones in one import */

	/* the system's files */
	LIMIT_ZONE_FILE = 64 << 10,
	LIMIT_ZONE_NAME = 64,

	/* settings */
	LIMIT_DOTENV = 64 << 10,
	LIMIT_SETTING = 4 << 10,
};

#endif
