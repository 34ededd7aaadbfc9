;;; lead-mode.el --- Lead definitions in words  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; Colours, comments and indentation for `.lead' files, and the language server by eglot:
;;
;;   (add-to-list 'load-path "/path/to/lead/editors/emacs")
;;   (require 'lead-mode)
;;   (add-hook 'lead-mode-hook #'eglot-ensure)

;;; Code:

(defgroup lead nil
  "Lead definitions in words."
  :group 'languages)

(defcustom lead-server-command '("lead" "lsp")
  "The command that starts the language server, with its arguments."
  :type '(repeat string))

(defcustom lead-indent-offset 4
  "How far the lines of a statement are indented."
  :type 'integer
  :safe #'integerp)

(defvar lead-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "." table)
    (modify-syntax-entry ?` "\"" table)
    (modify-syntax-entry ?_ "w" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?' "w" table)
    table)
  "Comments, texts and words of `lead-mode'.")

(defconst lead-font-lock-keywords
  `(("^\\(?:entity\\|event\\|for\\|score\\|funnel\\|metric\\|examples?\\)\\_>" . font-lock-keyword-face)
    ("^\\([[:alpha:]][^=\n\"#(]*?\\)[ \t]*\\(?:=\\|\\_<\\(?:when\\|is\\)\\_>\\)" 1 font-lock-function-name-face)
    (,(regexp-opt '("and" "or" "not" "is" "within" "when" "where" "was" "since" "before" "between" "because" "became"
                    "contains" "matches" "unless" "otherwise" "then" "via")
                  'symbols)
     . font-lock-keyword-face)
    ("\\_<\\(?:starts with\\|ends with\\|more than\\|at most\\|at least\\|same when\\|as of\\|half-life\\|expect\\|from\\|ago\\|per\\)\\_>"
     . font-lock-keyword-face)
    (,(concat (regexp-opt '("count" "any" "no" "every" "sum" "average" "min" "max" "first" "last") 'symbols) "(")
     1 font-lock-builtin-face)
    (":[ \t]*\\(\\(?:list of \\)*\\(?:one of\\|key\\|text\\|number\\|money\\|yes/no\\|time\\|date\\|duration\\)\\)\\_>"
     1 font-lock-type-face)
    ("\\_<\\(?:yes\\|no\\|true\\|false\\|known\\|unknown\\|now\\|today\\)\\_>" . font-lock-constant-face)
    ("\\_<[0-9][0-9_]*\\(?:\\.[0-9]+\\)?\\(?:%\\|min\\|mo\\|[hdwqy]\\)?\\_>" . font-lock-constant-face))
  "Colours of `lead-mode'.")

(defun lead-indent-line ()
  "Indent a line below a statement; a second time takes it back to the first column."
  (interactive)
  (let ((wanted (if (and (eq last-command this-command) (> (current-indentation) 0)) 0 lead-indent-offset)))
    (when (save-excursion (beginning-of-line) (bobp))
      (setq wanted 0))
    (if (<= (current-column) (current-indentation))
        (indent-line-to wanted)
      (save-excursion (indent-line-to wanted)))))

(declare-function eglot-current-server "eglot")
(declare-function eglot--TextDocumentPositionParams "eglot")
(declare-function jsonrpc-request "jsonrpc")

(defun lead--ask (command &rest more)
  "Have the server carry out COMMAND at point, with MORE, and show what it says."
  (let* ((server (or (eglot-current-server) (user-error "The language server does not run here")))
         (at (eglot--TextDocumentPositionParams))
         (place (append (list :uri (plist-get (plist-get at :textDocument) :uri) :position (plist-get at :position)) more))
         (answer (jsonrpc-request server :workspace/executeCommand
                                  (list :command command :arguments (vector place)) :timeout 60))
         (text (plist-get answer :text)))
    (cond
     ((not text) (message "There is nothing to show here; put point on a definition"))
     ((eql (plist-get answer :failed) 0) (message "%d examples passed" (plist-get answer :passed)))
     (t (with-help-window (format "*%s*" (plist-get answer :title))
          (princ text))))))

(defun lead-show-plan ()
  "Show what the definition at point measures, over which ranges of time."
  (interactive)
  (lead--ask "lead.showPlan"))

(defun lead-show-sql ()
  "Show the SQL of the definition at point."
  (interactive)
  (lead--ask "lead.showSql"))

(defun lead-unfold ()
  "Show the definition at point with its values written out."
  (interactive)
  (lead--ask "lead.unfold"))

(defun lead-run-examples ()
  "Run the examples at point."
  (interactive)
  (lead--ask "lead.runExamples"))

(defun lead-explain (key)
  "Show how the answer at point comes about for the record KEY."
  (interactive "sKey of the record: ")
  (lead--ask "lead.explain" :key key))

(defvar lead-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-t") #'lead-run-examples)
    (define-key map (kbd "C-c C-p") #'lead-show-plan)
    (define-key map (kbd "C-c C-q") #'lead-show-sql)
    (define-key map (kbd "C-c C-u") #'lead-unfold)
    (define-key map (kbd "C-c C-e") #'lead-explain)
    map)
  "Keys of `lead-mode'.")

;;;###autoload
(define-derived-mode lead-mode prog-mode "Lead"
  "Major mode for lexicons of the Lead language."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+[ \t]*")
  (setq-local font-lock-defaults '(lead-font-lock-keywords nil t))
  (setq-local indent-line-function #'lead-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 4))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.lead\\'" . lead-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'lead-mode (lambda (&rest _) lead-server-command))))

(provide 'lead-mode)
;;; lead-mode.el ends here
