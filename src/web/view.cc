// See view.h.  No C++ exception may cross into C: rendering catches all, and the
// small calls are noexcept, so exhausted memory ends the process as elsewhere.
#include "web/view.h"

#include <ctemplate/template.h>
#include <ctemplate/template_dictionary.h>
#include <ctemplate/template_emitter.h>

#include <string>

using ctemplate::TemplateDictionary;

struct view {
	TemplateDictionary *dict;
	struct arena *mem;
	const char *dir;
};

namespace {

enum { USUAL_PAGE = 12 << 10 };

void free_dictionary(void *dict)
{
	delete static_cast<TemplateDictionary *>(dict);
}

struct view *wrap(struct arena *a, TemplateDictionary *dict, const char *dir)
{
	struct view *v = static_cast<struct view *>(arena_alloc(a, sizeof(struct view)));

	v->dict = dict;
	v->mem = a;
	v->dir = dir;
	return v;
}

// Renders straight into our buffer, without a copy through std::string.
class BufEmitter : public ctemplate::ExpandEmitter {
public:
	explicit BufEmitter(struct buf *out) : out_(out) {}
	void Emit(char c) override { buf_putc(out_, c); }
	void Emit(const std::string &s) override { buf_add(out_, s.data(), s.size()); }
	void Emit(const char *s) override { buf_puts(out_, s); }
	void Emit(const char *s, size_t len) override { buf_add(out_, s, len); }

private:
	struct buf *out_;
};

int render(struct view *v, const char *dir, const char *name, ctemplate::Strip strip, struct buf *out, struct err *err)
{
	size_t before = out->len;

	try {
		std::string path = std::string(dir) + "/templates/" + name;
		BufEmitter emitter(out);

		// Pages come in some hundred pieces: one growth instead of many.
		if (out->limit - out->len > USUAL_PAGE)
			buf_reserve(out, USUAL_PAGE);

		if (ctemplate::ExpandTemplate(path, strip, v->dict, &emitter))
			return 0;
	} catch (...) {
	}
	// What a failed rendering left behind is not fit to be shown.
	out->len = before;
	if (out->cap)
		out->ptr[before] = '\0';
	return err_set(err, ERR_SYSTEM, "the template %s cannot be rendered", name);
}

} // namespace

extern "C" struct view *view_new(struct arena *a) VIEW_NOTHROW
{
	TemplateDictionary *dict = new TemplateDictionary("view");

	arena_defer(a, free_dictionary, dict);
	return wrap(a, dict, ".");
}

extern "C" void view_set(struct view *v, const char *name, const char *value) VIEW_NOTHROW
{
	v->dict->SetValue(name, value ? value : "");
}

extern "C" void view_set_int(struct view *v, const char *name, long long value) VIEW_NOTHROW
{
	v->dict->SetValue(name, std::to_string(value));
}

extern "C" void view_show(struct view *v, const char *name) VIEW_NOTHROW
{
	v->dict->ShowSection(name);
}

extern "C" struct view *view_add(struct view *v, const char *name) VIEW_NOTHROW
{
	return wrap(v->mem, v->dict->AddSectionDictionary(name), v->dir);
}

extern "C" void view_root(struct view *v, const char *dir) VIEW_NOTHROW
{
	v->dir = dir;
}

extern "C" struct view *view_part(struct view *v, const char *marker, const char *name) VIEW_NOTHROW
{
	TemplateDictionary *part = v->dict->AddIncludeDictionary(marker);

	part->SetFilename(std::string(v->dir) + "/templates/" + name);
	return wrap(v->mem, part, v->dir);
}

extern "C" int view_render(struct view *v, const char *dir, const char *name, struct buf *out, struct err *err)
{
	return render(v, dir, name, ctemplate::STRIP_BLANK_LINES, out, err);
}

extern "C" int view_render_text(struct view *v, const char *dir, const char *name, struct buf *out, struct err *err)
{
	return render(v, dir, name, ctemplate::DO_NOT_STRIP, out, err);
}
