"""How a condition is refused, naming the part that it is about."""

import ast

from crm_app.utils.rules import RuleError, _


def impossible(node: ast.AST):
	raise RuleError(_("“{0}” is not possible in a condition."), ast.unparse(node))


def forbidden(node: ast.AST):
	raise RuleError(_("A condition may not read “{0}”."), ast.unparse(node))


def no_field(node: ast.AST):
	raise RuleError(_("The condition reads “{0}”, which is no field."), ast.unparse(node))
