"""What an administrator may change about the app's DocTypes, and what is refused because code needs it.

The checks hang on Workflow, Property Setter and Custom Field (doc_events), so they hold for every tool that
writes those: Customize Form, the workflow editor, REST, on both hosts.
"""
