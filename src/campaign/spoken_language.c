/* See spoken_language.h.  In doubt a phrase stands here: one call too few is the smaller mistake. */
#include "campaign/spoken_language.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

static const struct spoken_language languages[] = {
	{
		.code = "en",
		.confirmation = "You will not be called again.",
		.hints = "stop calling, do not call, remove me",
		.phrases = { "stop calling", "stop call", "quit calling", "do not call", "dont call", "never call",
			     "no more calls", "not call me", "remove me", "remove my", "take me off", "delete me", "delete my",
			     "opt out", "opt me out", "opting out", "unsubscribe", "leave me alone", "off your list",
			     "off the list", "do not contact", "dont contact", "stop contacting" },
		.alone = { "stop", "please stop", "stop it", "stop please", "remove", "stop this" },
		.digits = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine" },
	},
	{
		.code = "de",
		.confirmation = "Sie werden nicht mehr angerufen.",
		.hints = "nicht mehr anrufen, keine Anrufe, von der Liste",
		.phrases = { "nicht mehr anrufen", "nicht wieder anrufen", "nie wieder anrufen", "nie mehr anrufen",
			     "nicht mehr an", "nicht wieder an", "nie wieder an", "rufen sie mich nicht", "ruft mich nicht",
			     "ruf mich nicht", "keine anrufe", "keine weiteren anrufe", "hören sie auf", "hört auf", "hör auf",
			     "von der liste", "von ihrer liste", "von eurer liste", "aus der liste", "aus ihrer liste",
			     "löschen sie mich", "löschen sie meine", "löscht mich", "nummer löschen", "daten löschen",
			     "streichen sie mich", "lassen sie mich in ruhe", "lasst mich in ruhe", "lass mich in ruhe",
			     "mich abmelden", "melden sie mich ab", "abbestellen", "nicht mehr kontaktieren",
			     "kontaktieren sie mich nicht" },
		.alone = { "stopp", "stop", "bitte stopp", "stopp bitte", "aufhören", "bitte aufhören", "schluss", "schluss damit",
			   "abmelden", "löschen" },
		.digits = { "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun" },
	},
	{
		.code = "fr",
		.confirmation = "Nous ne vous appellerons plus.",
		.hints = "ne m'appelez plus, arrêtez d'appeler, retirez-moi de la liste",
		.phrases = { "ne mappelez plus", "ne mappelez pas", "ne mappelle plus", "ne me rappelez plus", "ne me rappelez pas",
			     "ne rappelez plus", "nappelez plus", "mappelez plus", "me rappelez plus", "arrêtez de mappeler",
			     "arrêtez dappeler", "arrêtez de me", "arrêter de mappeler", "cessez de mappeler", "cessez de me",
			     "plus dappels", "plus dappel", "plus être appelé", "plus être appelée", "plus être rappelé",
			     "ne me contactez plus", "plus être contacté", "retirez moi", "retirez mon", "enlevez moi", "enlevez mon",
			     "supprimez moi", "supprimez mon", "supprimez mes", "rayez moi", "désinscrire", "désinscrivez moi",
			     "désabonner", "désabonnez moi", "laissez moi tranquille", "fichez moi la paix", "de votre liste",
			     "de la liste" },
		.alone = { "stop", "arrêtez", "arrête", "arrêtez ça", "arrêtez sil vous plaît", "stop sil vous plaît",
			   "sil vous plaît arrêtez", "ça suffit" },
		.digits = { "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf" },
	},
	{
		.code = "es",
		.confirmation = "No le volveremos a llamar.",
		.hints = "no me llamen más, dejen de llamar, darme de baja",
		.phrases = { "no me llame", "no me llamen", "no me llames", "no llame más", "no llamen más", "no llames más",
			     "no vuelva a llamar", "no vuelvan a llamar", "no vuelvas a llamar", "no me vuelva a llamar",
			     "no me vuelvan a llamar", "no me vuelvas a llamar", "deje de llamar", "dejen de llamar",
			     "deja de llamar", "paren de llamar", "no más llamadas", "no quiero más llamadas", "quíteme", "quítenme",
			     "bórreme", "bórrenme", "elimíneme", "elimínenme", "borre mi", "borren mi", "elimine mi",
			     "eliminen mi", "quite mi", "quiten mi", "darme de baja", "deme de baja", "denme de baja",
			     "de su lista", "de la lista", "déjeme en paz", "déjenme en paz", "déjame en paz", "no me contacte",
			     "no me contacten", "no me moleste", "no me molesten" },
		.alone = { "basta", "basta ya", "pare", "paren", "alto", "stop", "baja", "por favor pare", "pare por favor" },
		.digits = { "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve" },
	},
	{
		.code = "it",
		.confirmation = "Non la chiameremo più.",
		.hints = "non chiamatemi più, basta chiamate, toglietemi dalla lista",
		.phrases = { "non chiamatemi", "non mi chiamate", "non mi chiami", "non mi chiamare", "non chiamarmi",
			     "non chiamate più", "non chiami più", "non chiamare più", "smettete di chiamar", "smettete di chiamare",
			     "smettete di chiamarmi", "smetta di chiamare", "smetta di chiamarmi", "smettetela di chiamare",
			     "smettetela di chiamarmi", "smettila di chiamare", "smettila di chiamarmi", "basta chiamate",
			     "basta chiamare", "basta chiamarmi", "niente più chiamate", "non richiamatemi", "non richiamate",
			     "non contattatemi", "non mi contattate", "non mi contatti", "cancellatemi", "mi cancelli",
			     "cancellate il mio", "cancelli il mio", "rimuovetemi", "mi rimuova", "rimuovete il mio", "rimuova il mio",
			     "toglietemi", "mi tolga", "togliete il mio", "tolga il mio", "dalla lista", "dalla vostra lista",
			     "dalla sua lista", "disiscrivermi", "lasciatemi in pace", "mi lasci in pace", "lasciami in pace" },
		.alone = { "basta", "stop", "fermatevi", "smettetela", "smettila", "la smetta", "basta per favore" },
		.digits = { "zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove" },
	},
	{
		.code = "pt",
		.confirmation = "Não voltaremos a ligar.",
		.hints = "não me ligue mais, pare de ligar, me tire da lista",
		.phrases = { "não me ligue", "não me liguem", "não me ligues", "não ligue mais", "não liguem mais", "não me telefone",
			     "não me telefonem", "não volte a ligar", "não voltem a ligar", "não quero mais ligações",
			     "não quero mais chamadas", "mais ligações não", "pare de ligar", "pare de me ligar", "parem de ligar",
			     "parem de me ligar", "deixe de ligar", "deixem de ligar", "chega de ligações", "não me contacte",
			     "não me contactem", "não me contate", "não me contatem", "me remova", "me remover", "me removam",
			     "remova me", "removam me", "remova meu", "remova o meu", "remover meu", "remover o meu", "me tire da",
			     "me tirem da", "me tira da", "tire me da", "tirem me da", "apague meu", "apague o meu", "da lista",
			     "da sua lista", "da vossa lista", "cancelar a inscrição", "descadastrar", "me descadastre",
			     "me deixe em paz", "me deixem em paz", "deixe me em paz", "deixem me em paz" },
		.alone = { "pare", "parem", "chega", "basta", "stop", "sair", "por favor pare", "pare por favor" },
		.digits = { "zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove" },
	},
	{
		.code = "nl",
		.confirmation = "U wordt niet meer gebeld.",
		.hints = "niet meer bellen, stop met bellen, haal me van de lijst",
		.phrases = { "niet meer bellen", "nooit meer bellen", "niet bellen", "niet meer gebeld", "niet langer bellen",
			     "bel me niet", "bel mij niet", "bel niet meer", "belt u me niet", "belt u mij niet", "stop met bellen",
			     "stoppen met bellen", "stop met het bellen", "geen telefoontjes meer", "geen oproepen meer",
			     "van de lijst", "van uw lijst", "van jullie lijst", "van je lijst", "haal me van", "haal mij van",
			     "verwijder me", "verwijder mij", "verwijder mijn", "verwijdert u mij", "me uitschrijven",
			     "mij uitschrijven", "schrijf me uit", "schrijf mij uit", "me afmelden", "mij afmelden", "meld me af",
			     "meld mij af", "laat me met rust", "laat mij met rust", "geen contact meer", "niet meer contacteren" },
		.alone = { "stop", "stoppen", "ophouden", "hou op", "houd op", "stop maar", "stop alstublieft", "uitschrijven",
			   "afmelden" },
		.digits = { "nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen" },
	},
};

const struct spoken_language *spoken_language(const char *code)
{
	if (!code || !*code)
		return &languages[0];
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (!strcmp(languages[i].code, code))
			return &languages[i];
	return NULL;
}
