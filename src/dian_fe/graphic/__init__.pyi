from .content import Content as Content
from .html import render_html as render_html
from .making import content_of as content_of
from .pdf import render_pdf as render_pdf
from .theme import Paper as Paper
from .theme import Theme as Theme
from .words import amount_in_words as amount_in_words
