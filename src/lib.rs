//! Daypass delivers files into a customer's S3 bucket through a role that the customer lends for a while.
//!
//! "Delivered" is said only when S3 has confirmed that the whole file, byte for byte as it was read from the disk, is
//! stored under its key in the customer's account. Everything else is "not confirmed" or "not delivered". No secret of
//! the customer's leaves memory. Nothing from outside (a profile, an invitation, the name of a file, a server's text)
//! makes Daypass run a command, talk to another host, read another file or widen a permission, unless a person who has
//! seen the whole of it says yes. The one file more is a profile's web identity token, once a person picks that profile.
//!
//! # How it is built
//!
//! A pure [`model`] decides everything: [`Model::handle`](model::Model::handle) takes one event and the moment it came,
//! and says which effects are wanted. The [`engine`] owns the model, performs the effects, and publishes a cheap copy
//! of what may be seen, the [`Snapshot`](model::snapshot::Snapshot). The window ([`ui`]) and the command line ([`cli`])
//! read that copy and send commands; they decide nothing about deliveries. The [`practice`] server is the other end of
//! the wire: STS and S3 in this process, for a first try and for the tests.
//!
//! ```text
//!             Command    ┌────────────────────────────┐  Effect  ┌──────────────────────────┐
//! ┌────────┐ ──────────► │ engine::run, one loop:     │ ───────► │ tasks, one call each:    │ ──► STS, S3
//! │   ui   │             │ model.handle(now, event,   │          │ access, transfer, walk   │ ──► files
//! │   cli  │ ◄────────── │              &mut effects) │ ◄─────── │ and the journal's writer │ ──► SQLite
//! └────────┘  Snapshot   └────────────────────────────┘  Event   └──────────────────────────┘
//!             and wake()      ▲          │ sleeps until model.next_deadline()
//!                             └──────────┘ Event::Tick
//! ```
//!
//! - Effects are started and never waited for in the loop; what comes of them comes back as events.
//! - A copy is published after each command at once, otherwise at most every 50 ms, once the journal has what it tells
//!   of; it costs one pointer for each 256 rows. Uploads go on while the window is hidden, and without one.
//! - Secrets go past the model: [`Handle::get_access`](engine::handle::Handle::get_access) puts an MFA code into the
//!   vault, AssumeRole puts the session's credentials there, and the model knows whose they are and when they end.
//! - Bad news is a value: a [`Problem`](model::problem::Problem) has a kind, which tells what a retry would do and
//!   whose turn it is; [`words`] turns it into sentences, causes and messages to copy.
//! - `handle` is deterministic: a trace of moments and events replays any state.
//!
//! An upload goes from Waiting through Preparing (large files), Sending and Confirming (files in parts) to one of five
//! ends: Delivered, AlreadyThere, NotConfirmed, Failed or Canceled; on the way it may be Paused or Retrying
//! ([`State`](model::upload::State)). A file of up to 8 MiB is one PutObject, a larger one a multipart upload, or one
//! PutObject of up to 5 GiB if the bucket's KMS key lets no parts in.
//!
//! # The rooms
//!
//! Each folder imports only from those below it. `tests/it/tidy/rooms.rs` holds the table of allowed imports.
//!
//! ```text
//! main · bin · cli · window · save_files · ui
//!     receipt     report     diagnose     grant
//!         words
//!     engine      policy
//! practice        model
//!                 time
//! ```
//!
//! In the order to read them:
//!
//! | Room | What it holds |
//! |---|---|
//! | [`time`] | the engine's monotonic time, UTC, RFC 3339 |
//! | [`model`] | Values: `names`, `destination`, `session`, `upload`, `parts`, `problem`, `history`. In and out: `event`, `snapshot`, `record`. State: `lane` (one value per open destination), `work` (per upload), `rows`, `totals`. Decisions: `access` (AssumeRole), `region`, `timers` (what time does by itself), `intake` and `commands` (what a person adds and asks), `queue` (what is sent next), `responses` (what an answer means), `denials`, `doubts` (what may be stored although no answer says so), `single_put`, `change` (a destination that becomes another). Helpers: `congestion`, `rate`, `rng`, `retries`, `conditions` |
//! | [`policy`] | IAM documents: ARNs, statements with their conditions, the session policy |
//! | [`engine`] | `run` is the loop, `commit` what waits for the journal, `handle` the way to it. Calls: `context` is what each is made with, `access` with `sts`, `transfer` with `s3`, `http`, `timeouts`. Answers become problems in `classify` and `error_codes`. Who a person is: `profiles`, `keys`, `signin`, `process`, `credentials`, `credential_store`. Secrets: `vault` (the customer's), `protect` (memory). The end: `signals`. Disk: `files`, `walk`, `journal`, `log`, `profile_files` (watches the profiles and reads them off the loop). Events of the system: `resume` (the computer woke), `window_call` (a second start) |
//! | [`practice`] | STS and S3 on 127.0.0.1 with a contractor, a customer and a role that may only put; faults on demand |
//! | [`words`] | labels, formats and sentences that a person reads, shared by the window and the command line |
//! | [`grant`] | the customer's side: the request, the role's templates, and the invitation that comes back, with their words |
//! | [`diagnose`] | why a request may have been denied, the likeliest cause first, and messages to copy |
//! | [`receipt`] | what was delivered, as a page, a table and JSON, with its words; files checked against it |
//! | [`report`] | what support is told: version, system, settings, the last problems, the log; read by the person first |
//! | [`cli`] | arguments in, one line for each thing that happens out; the program is `bin/daypass-cli.rs` |
//! | [`ui`] | draws a snapshot and collects actions; it keeps drafts only (text being typed, an open sheet). [`ui::backend`] is all it knows of the rest: a snapshot, requests, replies |
//! | [`window`] | is the window's backend: its engines, and what needs the desktop or the disk; [`save_files`] writes what a person saves. The program is `main.rs` |
//!
//! Beside them: `tests/it` (one test binary, in folders that mirror these; its `support` plays everything around the
//! model and runs whole engines), `tests/bench` (measurements), `tests/servers` (S3 servers by others) and
//! `tests/desktop` (a real window). `CONTRIBUTING.md` has the glossary, three walks through the code, and how to run one test.
//!
//! # What always holds
//!
//! | Rule | The test in `tests/it` that holds it |
//! |---|---|
//! | Each room imports only the rooms below it, and no ring ties more than three files of a room | `tidy::each_room_imports_only_the_rooms_below_it`, `tidy::no_import_cycle_spans_many_files` |
//! | The model names only std, serde, itself and `time`, and of std no files, network, threads, processes or environment; the engine names no window; the window names no AWS, no network and no disk | `tidy::layers_import_only_what_is_allowed` |
//! | Only `engine/clock.rs` reads a clock; the practice has one marked place of its own | `tidy::only_the_engine_clock_reads_the_time` |
//! | The model names every variant of its enums: no `_` arm | `tidy::the_model_matches_every_variant_by_name` |
//! | Nothing in `ui` reads the disk or waits | `tidy::the_window_never_reads_the_disk_or_blocks` |
//! | The engine's loop reads no disk and waits for nothing, so that a drive that hangs stops no delivery | `tidy::the_engine_loop_never_reads_the_disk_or_blocks`, `window::idle::a_drive_that_stops_answering_does_not_stop_a_delivery` |
//! | An idle Daypass polls nothing: a window wakes when its text changes, an engine when something happens | `window::idle::a_window_wakes_only_when_its_text_changes`, `window::idle::an_idle_engine_does_nothing_until_a_file_changes` |
//! | Errors of the network are told apart by their types, never by their texts | `tidy::errors_are_classified_by_their_types`, `engine::classify::network::tests::network_errors_are_classified_by_type` |
//! | A second start reaches the window of the same user alone, and what is no call harms no other | `engine::window_call::tests::invalid_calls_get_no_answer_and_harm_no_others` |
//! | Only the model makes an id of a destination from its position | `tidy::only_the_model_makes_ids_of_destinations` |
//! | Every channel is bounded | `tidy::every_channel_is_bounded` |
//! | No test waits for time to pass: it moves the clock or waits for an event | `tidy::no_test_sleeps_for_long` |
//! | The window's sentences stand in `words` and are calm; its colors, sizes and distances stand in `ui/theme` | `tidy::sentences_are_defined_only_in_words`, `tidy::words_are_calm`, `tidy::colors_are_defined_only_in_the_theme`, `tidy::sizes_are_defined_only_in_the_theme` |
//! | Each thing that people read about has one word, that of `docs/glossary.md` | `tidy::glossary::each_thing_has_one_word` |
//! | A file opens with a sentence and has 500 lines at most | `tidy::every_file_opens_with_a_sentence`, `tidy::no_file_is_longer_than_500_lines` |
//! | Requests that need credentials are signed with the newest session, before its end; no more are out than the limit; parts partition the file; no part is sent again once S3 has it; totals are the fold of the rows; every upload ends; where an upload could move, the model brings the next request by itself | `model::queue::everything_ends_under_faults_and_short_sessions` and its neighbors, by the checks in `support::simulation` and `support::checks` |
//! | What is said to be delivered is there, byte for byte | `engine::faults::reports_are_true_under_random_faults`, `engine::transfer::only_the_checksum_of_the_file_proves_the_whole_object`, `engine::transfer::files::a_touched_file_continues_and_an_edited_one_never_does_even_with_reset_times` |
//! | "Checked" is said only of what the server itself confirmed a checksum for | `engine::transfer::only_an_answer_with_our_checksum_counts_as_checked`, `engine::transfer::faults::an_answer_before_the_whole_body_is_sent_is_not_a_success` |
//! | S3 is asked for nothing beyond HeadBucket, putting and aborting, always with the expected owner, and nothing is replaced | `engine::deliveries::every_kind_of_file_arrives_byte_for_byte`, `engine::deliveries::existing_objects_are_kept_and_a_numbered_copy_is_sent_on_request` |
//! | The role that the customer's kit makes replaces nothing, whoever holds its session, and works over TLS alone; the kit replaces no policy of a bucket | `practice::kit::the_role_of_the_kit_never_replaces_an_object`, `practice::kit::the_role_of_the_kit_works_only_over_tls`, `grant::commands::the_commands_replace_nothing_that_exists` |
//! | What is said is on disk first: a copy is published, and a file's first request leaves, once the journal has it | `engine::resume::files_reported_as_delivered_are_in_the_journal_after_a_kill`, `model::doubts::every_request_is_recorded_before_it_is_sent` |
//! | A run that was killed goes on, and the journal claims no more than was recorded | `engine::resume::a_killed_delivery_resumes_where_it_stopped`, `engine::journal::damage::a_kill_after_any_record_keeps_exactly_what_was_recorded` |
//! | No secret is printed or kept | `cli::upload::no_secret_is_printed_or_stored`, `cli::hostile::a_secret_in_any_argument_is_never_printed_stored_or_sent`, `engine::profiles::no_secret_is_shown` |
//! | A line of the log holds nothing but types that can carry no secret, with names cut short; only `engine/log` writes lines, and few for many files | `tidy::only_the_log_module_writes_log_lines`, `engine::log::the_log_and_the_report_contain_no_secret`, `engine::log::a_hundred_thousand_small_files_write_only_a_few_lines` |
//! | No file, and no variable but those of a proxy, leads to another host; those that replace the system's certificates are named; no command runs without a yes to exactly it; only sign-in pages of AWS are opened | `cli::hostile::profiles_and_variables_cannot_redirect_requests`, `engine::environment::tests::variables_that_replace_the_systems_certificates_are_reported`, `engine::process::a_command_runs_only_if_exactly_that_command_was_allowed`, `engine::signin::an_address_outside_aws_is_never_offered` |
//! | AWS's own providers serve sign-ins and follow nothing of the environment: no server, no key, no metadata service | `engine::signin::a_sign_in_is_confirmed_stored_and_used`, `engine::signin::a_login_session_is_renewed` |
//! | Of a file that a profile names as its token, nothing but a token is sent; the environment's key serves only the profile that says so | `engine::profiles::external_keys::a_file_without_a_token_is_never_sent`, `engine::profiles::external_keys::a_key_in_the_environment_is_used_only_by_profiles_that_name_it` |
//! | A command of a profile does not outlive the program | `engine::process::a_command_ends_with_the_program_in_every_case` |
//! | A start uses nobody's identity; practice reaches nothing but itself, and nothing of it meets a real customer | `window::practice::starting_with_nine_profiles_calls_no_host`, `window::practice::practice_calls_runs_and_writes_nothing_outside_itself`, `window::practice::a_real_invitation_ends_practice_and_leaves_nothing_of_it` |
//! | A yes to a command is for one run unless it is said to be for always | `engine::process::permission_lasts_one_run_unless_granted_permanently` |
//! | No arrival replaces a dialog, and no yes counts before a person can have read the card | `ui::ask::invited::a_second_arrival_never_takes_the_place_of_the_first`, `ui::ask::invited::no_yes_counts_in_the_first_moment_of_a_card` |
//! | The contractor's own keys are not delivered unless a person says so | `engine::key_files::key_files_are_left_out_until_a_person_sends_them` |
//! | Every screen of the gallery fits small windows, 200 % and longer words | `ui::fits::every_screen_fits_the_narrowest_window`, `ui::fits::every_screen_fits_with_words_that_are_longer_by_two_fifths`, `ui::fits::every_screen_fits_a_small_window_that_is_zoomed_to_200_percent` |
//! | Every problem has its sentence and its page | `diagnose::every_code_and_message_of_aws_is_explained`, `ui::screens::every_problem_settles_as_a_page_and_speaks_calmly` |
//! | Work grows with what changed, not with how much there is | `model::scale::a_hundred_thousand_files_cost_a_bounded_number_of_effects`, `ui::deliveries::a_hundred_thousand_rows_cost_what_is_seen` |
//!
//! No `unsafe` and no `unwrap`: the lints in `Cargo.toml` and `.clippy.toml`, which `.ci/run` turns into refusals.

pub mod cli;
pub mod diagnose;
pub mod engine;
pub mod grant;
pub mod model;
pub mod policy;
pub mod practice;
pub mod receipt;
pub mod report;
pub mod save_files;
pub mod time;
pub mod ui;
pub mod window;
pub mod words;
