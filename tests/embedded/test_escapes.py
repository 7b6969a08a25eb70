"""Known ways out of restricted Python: generators, frames, formats, modules, subclasses; all are shut."""

import frappe
import pytest

pytestmark = pytest.mark.embedded

ESCAPES = [
	"().__class__.__base__.__subclasses__()",
	"''.__class__.__mro__[1].__subclasses__()",
	"[].__reduce_ex__(3)",
	"(lambda: 0).__globals__",
	"(lambda: 0).__code__",
	"(lambda: 0).func_globals",
	"(x for x in [1]).gi_frame",
	"(x for x in [1]).gi_frame.f_back.f_back.f_globals",
	"[g.gi_frame for g in [(x for x in [1])]]",
	"(x for x in [1]).gi_code.co_code",
	"'{0.__class__.__init__.__globals__}'.format(doc)",
	"'{x.__class__}'.format_map({'x': doc})",
	"str.format('{0.__class__}', doc)",
	"getattr(doc, '__class__')",
	"getattr(doc, '__cla' + 'ss__')",
	"vars(doc)",
	"dir(doc)",
	"type(doc)",
	"type('X', (), {})",
	"globals()['__builtins__']",
	"locals()",
	"__builtins__",
	"eval('1')",
	"compile('1', '', 'eval')",
	"open('site_config.json').read()",
	"input()",
	"breakpoint()",
	"__import__('os').system('true')",
	"object.__subclasses__(object)",
	"frappe.db.sql('select 1')",
	"doc.run_method.__func__",
	"setattr(doc, 'amount', 1)",
	"delattr(doc, 'amount')",
	"(yield 1)",
	"(await doc)",
	"exec('import os')",
	"f'{doc.__class__}'",
	"doc._getattr_",
	"doc['__class__'].__init__",
	"super().__init__",
]


@pytest.mark.parametrize("code", ESCAPES)
def test_an_expression_finds_no_way_out(site, code):
	values = {"doc": frappe._dict(amount=10)}
	with pytest.raises(Exception) as refused:
		frappe.safe_eval(code, None, values)
	allowed = (SyntaxError, NameError, TypeError, AttributeError, NotImplementedError)
	assert isinstance(refused.value, (*allowed, frappe.ValidationError)), repr(refused.value)
	assert values["doc"] == {"amount": 10}
