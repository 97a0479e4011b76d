import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import chatwidget.models.visitors
import chatwidget.rewording
import chatwidget.validators


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ChatServer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "base_url",
                    models.CharField(
                        help_text="Where the Chat API lives, such as https://chat.example.com.",
                        max_length=500,
                        validators=[chatwidget.validators.validate_base_url],
                        verbose_name="base URL",
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("embed_key", "Embed key"),
                            ("api_key", "API key"),
                            ("bearer", "Bearer token"),
                            ("session_cookie", "Session cookie"),
                            ("client_credentials", "OAuth client credentials"),
                            ("none", "None"),
                        ],
                        default="embed_key",
                        max_length=32,
                        verbose_name="credential",
                    ),
                ),
                ("encrypted_credential", models.TextField(blank=True, editable=False)),
                (
                    "credential_env",
                    models.CharField(
                        blank=True,
                        help_text="Name of a variable that holds the secret, instead of storing it here.",
                        max_length=100,
                        verbose_name="environment variable",
                    ),
                ),
                (
                    "files_key_env",
                    models.CharField(
                        blank=True,
                        help_text="With an embed key: servers give attachments to an API key alone. Name the environment variable that holds one.",
                        max_length=100,
                        verbose_name="variable of the files' API key",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        blank=True,
                        help_text="With an embed key: an origin that the chatbot's channel allows.",
                        max_length=300,
                        validators=[chatwidget.validators.validate_origin],
                        verbose_name="origin",
                    ),
                ),
                (
                    "token_url",
                    models.CharField(
                        blank=True,
                        help_text="Where the server gives out access tokens.",
                        max_length=500,
                        validators=[chatwidget.validators.validate_base_url],
                        verbose_name="token URL",
                    ),
                ),
                (
                    "client_id",
                    models.CharField(blank=True, max_length=255, verbose_name="client id"),
                ),
                (
                    "scope",
                    models.CharField(
                        blank=True,
                        default="chat:start",
                        help_text="What the token is asked for; chat:start lets it start chats.",
                        max_length=255,
                        verbose_name="scope",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Switch off to pause every widget of it.",
                        verbose_name="active",
                    ),
                ),
                (
                    "connect_timeout",
                    models.FloatField(
                        blank=True,
                        help_text="In seconds. Empty: as the site's settings say.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0.1),
                            django.core.validators.MaxValueValidator(300),
                        ],
                        verbose_name="connect timeout",
                    ),
                ),
                (
                    "read_timeout",
                    models.FloatField(
                        blank=True,
                        help_text="In seconds. Empty: as the site's settings say.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0.1),
                            django.core.validators.MaxValueValidator(300),
                        ],
                        verbose_name="read timeout",
                    ),
                ),
                (
                    "total_timeout",
                    models.FloatField(
                        blank=True,
                        help_text="In seconds. Empty: as the site's settings say.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0.1),
                            django.core.validators.MaxValueValidator(300),
                        ],
                        verbose_name="total timeout",
                    ),
                ),
                (
                    "credential_changed_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="secret changed"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "chat server",
                "verbose_name_plural": "chat servers",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ChatSession",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("starting", "Starting"),
                            ("active", "Active"),
                            ("expired", "Expired"),
                            ("ended", "Ended"),
                        ],
                        default="starting",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "start_key",
                    models.CharField(editable=False, max_length=64, null=True, unique=True),
                ),
                ("remote_id", models.CharField(blank=True, editable=False, max_length=64)),
                ("encrypted_remote_token", models.TextField(blank=True, editable=False)),
                (
                    "participant_id",
                    models.CharField(blank=True, max_length=255, verbose_name="participant id"),
                ),
                (
                    "participant_name",
                    models.CharField(blank=True, max_length=320, verbose_name="participant name"),
                ),
                (
                    "is_identified",
                    models.BooleanField(default=False, editable=False, verbose_name="proven"),
                ),
                ("answers", models.JSONField(default=dict, editable=False)),
                ("agreements", models.JSONField(default=list, editable=False)),
                ("message_count", models.PositiveIntegerField(default=0, verbose_name="messages")),
                ("turn", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "flight",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("sending", "Sending"),
                            ("waiting", "Waiting for the reply"),
                            ("settled", "Settled"),
                            ("failed", "Failed"),
                            ("not_sent", "Not sent"),
                            ("unconfirmed", "Unconfirmed"),
                            ("delivered", "Delivered"),
                        ],
                        default="none",
                        max_length=16,
                        verbose_name="last message",
                    ),
                ),
                ("client_id", models.CharField(blank=True, editable=False, max_length=100)),
                ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("task_id", models.UUIDField(editable=False, null=True)),
                ("remote_task_id", models.CharField(blank=True, editable=False, max_length=255)),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                ("mark", models.CharField(blank=True, editable=False, max_length=40)),
                ("recent", models.JSONField(default=list, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="started")),
                (
                    "last_active_at",
                    models.DateTimeField(
                        auto_now_add=True, db_index=True, verbose_name="last active"
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "ordering": ["-last_active_at"],
                "permissions": [("read_transcript", "Can read transcripts")],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("remote_id", models.BigIntegerField(editable=False)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="chatwidget.chatsession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "uploaded file",
                "verbose_name_plural": "uploaded files",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Widget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "form_words",
                    models.CharField(
                        blank=True,
                        help_text="Why you ask. The form shows if anything below is asked.",
                        max_length=300,
                        verbose_name="words above the form",
                    ),
                ),
                (
                    "asks_name",
                    models.CharField(
                        choices=[
                            ("no", "Not asked"),
                            ("optional", "Optional"),
                            ("required", "Required"),
                        ],
                        default="no",
                        max_length=8,
                        verbose_name="name",
                    ),
                ),
                (
                    "asks_email",
                    models.CharField(
                        choices=[
                            ("no", "Not asked"),
                            ("optional", "Optional"),
                            ("required", "Required"),
                        ],
                        default="no",
                        max_length=8,
                        verbose_name="email",
                    ),
                ),
                (
                    "form_questions",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="One a line: order | Order number, or topic* | What is it about? | choice | Orders; Returns. A star: it must be answered. Kinds: text, long text, choice, checkbox. The chatbot gets the answers in the session's data, under the keys.",
                        validators=[chatwidget.validators.validate_questions],
                        verbose_name="questions",
                    ),
                ),
                (
                    "consent_text",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. Empty: nothing is asked.",
                        max_length=4000,
                        verbose_name="what visitors agree to",
                    ),
                ),
                (
                    "consent_link",
                    models.CharField(
                        blank=True,
                        help_text="To read more, such as your privacy policy.",
                        max_length=500,
                        validators=[
                            django.core.validators.URLValidator(
                                code="link",
                                message="Type an address such as https://www.example.com/privacy.",
                                schemes=["https", "http"],
                            )
                        ],
                        verbose_name="link",
                    ),
                ),
                (
                    "consent_version",
                    models.CharField(
                        blank=True,
                        help_text="Change it when the text changes: everybody is asked again.",
                        max_length=40,
                        verbose_name="version",
                    ),
                ),
                (
                    "takes_files",
                    models.BooleanField(
                        default=False,
                        help_text="Visitors may attach files, if the chatbot can read them.",
                        verbose_name="files",
                    ),
                ),
                (
                    "asks_feedback",
                    models.BooleanField(
                        default=False,
                        help_text="Thumbs up and down on answers, and a rating at the end of a chat.",
                        verbose_name="feedback",
                    ),
                ),
                (
                    "offers_dictation",
                    models.BooleanField(
                        default=False,
                        help_text="Speak instead of typing, where the browser can. Some browsers send what is said to their maker to be written down.",
                        verbose_name="dictation",
                    ),
                ),
                (
                    "reads_aloud",
                    models.BooleanField(
                        default=False,
                        help_text="A button on each answer, where the browser has a voice.",
                        verbose_name="reading aloud",
                    ),
                ),
                (
                    "daily_budget",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of all visitors together. Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="messages a day",
                    ),
                ),
                (
                    "monthly_budget",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of all visitors together. Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="messages a month",
                    ),
                ),
                (
                    "budget_words",
                    models.CharField(
                        blank=True,
                        help_text="What visitors read then. Empty: words that fit any site.",
                        max_length=300,
                        verbose_name="words when that is spent",
                    ),
                ),
                (
                    "address_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: as the site's settings say. 0: no limit.",
                        null=True,
                        verbose_name="messages a minute from one address",
                    ),
                ),
                (
                    "session_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: as the site's settings say. 0: no limit.",
                        null=True,
                        verbose_name="messages a minute in one chat",
                    ),
                ),
                (
                    "widget_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: as the site's settings say. 0: no limit.",
                        null=True,
                        verbose_name="messages a minute in all",
                    ),
                ),
                (
                    "start_work",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "None"),
                            (8, "Light: not to be noticed"),
                            (10, "Medium: about a second on a phone"),
                            (12, "Heavy: some seconds on a phone, while an attack lasts"),
                        ],
                        default=0,
                        help_text="What a browser has to calculate before a chat starts, so that starting thousands is dear. Needs JavaScript and https.",
                        verbose_name="work to start a chat",
                    ),
                ),
                (
                    "position",
                    models.CharField(
                        choices=[
                            ("bottom-right", "Bottom right"),
                            ("bottom-left", "Bottom left"),
                            ("top-right", "Top right"),
                            ("top-left", "Top left"),
                        ],
                        default="bottom-right",
                        max_length=16,
                        verbose_name="position",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("bubble", "A window beside the launcher"),
                            ("full", "A window over the whole page"),
                        ],
                        default="bubble",
                        max_length=8,
                        verbose_name="opens",
                    ),
                ),
                (
                    "icon",
                    models.CharField(
                        choices=[
                            ("chat", "Speech bubble"),
                            ("question", "Question mark"),
                            ("spark", "Spark"),
                        ],
                        default="chat",
                        max_length=16,
                        verbose_name="icon",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True,
                        help_text="Words beside the icon, if you like.",
                        max_length=30,
                        verbose_name="label",
                    ),
                ),
                (
                    "offset_x",
                    models.PositiveSmallIntegerField(
                        default=20,
                        help_text="In pixels.",
                        validators=[django.core.validators.MaxValueValidator(9999)],
                        verbose_name="space at the side",
                    ),
                ),
                (
                    "offset_y",
                    models.PositiveSmallIntegerField(
                        default=20,
                        help_text="In pixels.",
                        validators=[django.core.validators.MaxValueValidator(9999)],
                        verbose_name="space above or below",
                    ),
                ),
                (
                    "z_index",
                    models.PositiveIntegerField(
                        default=2147483000,
                        help_text="Lower it to stand behind something of the page.",
                        validators=[django.core.validators.MaxValueValidator(2147483647)],
                        verbose_name="z-index",
                    ),
                ),
                (
                    "greeting",
                    models.CharField(
                        blank=True,
                        help_text="Shown beside the launcher until the visitor closes it. Empty: none.",
                        max_length=120,
                        verbose_name="greeting",
                    ),
                ),
                (
                    "greeting_delay",
                    models.PositiveSmallIntegerField(
                        default=5, help_text="In seconds.", verbose_name="greet after"
                    ),
                ),
                (
                    "greeting_paths",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Paths, one a line: /pricing or /help/*. Empty: every page.",
                        validators=[chatwidget.validators.validate_paths],
                        verbose_name="greet on",
                    ),
                ),
                ("title", models.CharField(default="Chat", max_length=60, verbose_name="title")),
                ("subtitle", models.CharField(blank=True, max_length=100, verbose_name="subtitle")),
                (
                    "welcome_messages",
                    models.JSONField(
                        blank=True,
                        default=list,
                        validators=[chatwidget.validators.validate_lines],
                        verbose_name="welcome messages",
                    ),
                ),
                (
                    "starter_questions",
                    models.JSONField(
                        blank=True,
                        default=list,
                        validators=[chatwidget.validators.validate_lines],
                        verbose_name="starter questions",
                    ),
                ),
                (
                    "accent",
                    models.CharField(
                        default="#1f6f5c",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A#[0-9a-fA-F]{6}\\Z",
                                code="colour",
                                message="Type a colour as # and six hexadecimal digits, such as #1f6f5c.",
                            )
                        ],
                        verbose_name="colour",
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[
                            ("auto", "As the visitor's device"),
                            ("light", "Light"),
                            ("dark", "Dark"),
                        ],
                        default="auto",
                        help_text="Choose one where your pages are always light, or always dark.",
                        max_length=5,
                        verbose_name="theme",
                    ),
                ),
                (
                    "radius",
                    models.PositiveSmallIntegerField(
                        default=16,
                        help_text="Radius of the window in pixels, 0 to 28; buttons and bubbles follow it.",
                        validators=[django.core.validators.MaxValueValidator(28)],
                        verbose_name="corners",
                    ),
                ),
                (
                    "font",
                    models.CharField(
                        blank=True,
                        help_text="Names of font families, such as: Source Sans 3, Georgia. Empty: the system's.",
                        max_length=100,
                        validators=[chatwidget.validators.validate_font],
                        verbose_name="font",
                    ),
                ),
                (
                    "font_file",
                    models.CharField(
                        blank=True,
                        help_text="Address on this site of the first font as .woff2, such as /static/fonts/sans.woff2. Empty: visitors have it, or see the next.",
                        max_length=200,
                        validators=[chatwidget.validators.validate_font_file],
                        verbose_name="font file",
                    ),
                ),
                (
                    "avatar",
                    models.CharField(
                        blank=True,
                        help_text='Address of a square picture: a path on this site, such as /static/bot.png, or https at a host in CHATWIDGET["IMAGE_HOSTS"]. Empty: the first letter of the title.',
                        max_length=500,
                        validators=[chatwidget.validators.validate_picture],
                        verbose_name="picture",
                    ),
                ),
                (
                    "banner",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. Empty: none.",
                        max_length=1000,
                        verbose_name="banner",
                    ),
                ),
                (
                    "banner_tone",
                    models.CharField(
                        choices=[
                            ("info", "Information"),
                            ("success", "Good news"),
                            ("warning", "Warning"),
                            ("danger", "Trouble"),
                        ],
                        default="info",
                        max_length=8,
                        verbose_name="tone",
                    ),
                ),
                (
                    "banner_place",
                    models.CharField(
                        choices=[("top", "Top"), ("bottom", "Bottom")],
                        default="top",
                        max_length=8,
                        verbose_name="place",
                    ),
                ),
                (
                    "banner_from",
                    models.DateTimeField(
                        blank=True, help_text="Empty: at once.", null=True, verbose_name="from"
                    ),
                ),
                (
                    "banner_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: until you take it away.",
                        null=True,
                        verbose_name="until",
                    ),
                ),
                (
                    "hours",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Days and times, a line each: Mon-Fri 9:00-12:00, 13:00-17:30 or Fri,Sat 20:00-2:00 or daily 0:00-24:00. Empty: always open.",
                        validators=[chatwidget.validators.validate_hours],
                        verbose_name="opening hours",
                    ),
                ),
                (
                    "hours_zone",
                    models.CharField(
                        blank=True,
                        help_text="Such as Europe/Berlin. Empty: the site's own.",
                        max_length=64,
                        validators=[chatwidget.validators.validate_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "holidays",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Dates, a line each: 2026-12-25, 12-25 for every year, 2026-12-24 to 2027-01-02, and with hours of their own 12-24 9:00-13:00. They go before the week's hours.",
                        validators=[chatwidget.validators.validate_holidays],
                        verbose_name="holidays",
                    ),
                ),
                (
                    "closed_words",
                    models.CharField(
                        blank=True,
                        help_text="Shown then above the message. Empty: words that fit any site.",
                        max_length=300,
                        verbose_name="words while closed",
                    ),
                ),
                (
                    "takes_messages_closed",
                    models.BooleanField(
                        default=True,
                        help_text="Visitors may leave a message. Off: they may only read.",
                        verbose_name="messages while closed",
                    ),
                ),
                (
                    "is_read_only",
                    models.BooleanField(
                        default=False,
                        help_text="Visitors can read what was said, and nobody can write.",
                        verbose_name="read-only",
                    ),
                ),
                (
                    "read_only_words",
                    models.CharField(
                        blank=True,
                        help_text="In place of the message field. Empty: words that fit any site.",
                        max_length=300,
                        verbose_name="words while read-only",
                    ),
                ),
                (
                    "paused_words",
                    models.CharField(
                        blank=True,
                        help_text="What the chat says while the widget is not active.",
                        max_length=300,
                        verbose_name="words while paused",
                    ),
                ),
                (
                    "knows_users",
                    models.BooleanField(
                        default=False,
                        help_text="Tell the Chat API who is logged in to this site. Off: everybody is anonymous.",
                        verbose_name="logged-in users",
                    ),
                ),
                ("encrypted_identity_secret", models.TextField(blank=True, editable=False)),
                (
                    "context_keys",
                    models.JSONField(
                        blank=True,
                        default=chatwidget.models.visitors.default_context,
                        help_text="What goes to the chatbot with a message, one a line: url, title, and names of values that the page sets. Nothing else does.",
                        validators=[chatwidget.validators.validate_names],
                        verbose_name="page context",
                    ),
                ),
                (
                    "keeps_query",
                    models.BooleanField(
                        default=False,
                        help_text="Leave what follows “?” in the page's address. It may hold personal data.",
                        verbose_name="with query strings",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "The visitor's own"),
                            ("ar", "العربية"),
                            ("bn", "বাংলা"),
                            ("de", "Deutsch"),
                            ("en", "English"),
                            ("es", "Español"),
                            ("fr", "Français"),
                            ("hi", "हिन्दी"),
                            ("it", "Italiano"),
                            ("pt", "Português"),
                            ("sw", "Kiswahili"),
                            ("uk", "Українська"),
                            ("zh-hans", "简体中文"),
                        ],
                        help_text="A page can name its own with data-language. Where a visitor's language isn't among these, the chat is in the site's.",
                        max_length=16,
                        verbose_name="language",
                    ),
                ),
                (
                    "words",
                    models.JSONField(
                        blank=True,
                        default=list,
                        validators=[chatwidget.rewording.validate_words],
                        verbose_name="your own words",
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="public id"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What you call it; visitors don't see it.",
                        max_length=100,
                        verbose_name="name",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="Its name in {% chat_widget %}.",
                        max_length=100,
                        unique=True,
                        verbose_name="slug",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Switch off to pause it everywhere.",
                        verbose_name="active",
                    ),
                ),
                (
                    "chatbot_id",
                    models.UUIDField(
                        help_text="The chatbot's UUID on the server.", verbose_name="chatbot id"
                    ),
                ),
                (
                    "allowed_origins",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Sites that may embed it, one a line: https://www.example.com, https://*.example.com, or * for any. Empty: this site alone.",
                        validators=[chatwidget.validators.validate_origin_patterns],
                        verbose_name="allowed origins",
                    ),
                ),
                (
                    "allows_seed_clients",
                    models.BooleanField(
                        default=False,
                        help_text="Admit clients that send no session token: whoever knows a session id can then read and write that chat.",
                        verbose_name="seed clients",
                    ),
                ),
                (
                    "has_seed_message",
                    models.BooleanField(
                        default=False,
                        help_text="The chatbot speaks first: start when the visitor opens the chat.",
                        verbose_name="seed message",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "server",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="widgets",
                        to="chatwidget.chatserver",
                        verbose_name="server",
                    ),
                ),
            ],
            options={
                "verbose_name": "widget",
                "verbose_name_plural": "widgets",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddField(
            model_name="chatsession",
            name="widget",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sessions",
                to="chatwidget.widget",
                verbose_name="widget",
            ),
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=40, verbose_name="answer of")),
                ("value", models.SmallIntegerField(verbose_name="value")),
                ("word", models.CharField(blank=True, max_length=500, verbose_name="comment")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="given")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feedback",
                        to="chatwidget.chatsession",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "feedback",
                "verbose_name_plural": "feedback",
                "ordering": ["created_at", "pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "answer"), name="chatwidget_feedback_session_answer"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(db_index=True, verbose_name="day")),
                ("sessions", models.PositiveIntegerField(default=0, verbose_name="sessions")),
                ("messages", models.PositiveIntegerField(default=0, verbose_name="messages")),
                ("replies", models.PositiveIntegerField(default=0, verbose_name="replies")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="errors")),
                ("likes", models.PositiveIntegerField(default=0, verbose_name="liked")),
                ("dislikes", models.PositiveIntegerField(default=0, verbose_name="disliked")),
                ("ratings", models.PositiveIntegerField(default=0, verbose_name="ratings")),
                ("stars", models.PositiveIntegerField(default=0, verbose_name="stars in all")),
                ("detail", models.JSONField(default=dict, verbose_name="detail")),
                (
                    "widget",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage_days",
                        to="chatwidget.widget",
                        verbose_name="widget",
                    ),
                ),
            ],
            options={
                "verbose_name": "day of usage",
                "verbose_name_plural": "usage",
                "ordering": ["-day", "pk"],
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("widget", "day"), name="chatwidget_usage_widget_day"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="chatsession",
            index=models.Index(
                fields=["widget", "-last_active_at"], name="chatwidget_session_widget"
            ),
        ),
        migrations.AddIndex(
            model_name="chatsession",
            index=models.Index(
                fields=["state", "-last_active_at"], name="chatwidget_session_state"
            ),
        ),
        migrations.AddIndex(
            model_name="chatsession",
            index=models.Index(fields=["participant_id"], name="chatwidget_session_person"),
        ),
        migrations.AddConstraint(
            model_name="chatsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "starting"),
                    models.Q(("remote_id", ""), _negated=True),
                    _connector="OR",
                ),
                name="chatwidget_session_started_has_remote_id",
            ),
        ),
    ]
