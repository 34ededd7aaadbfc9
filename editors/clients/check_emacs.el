;;; check_emacs.el --- Emacs with the language server  -*- lexical-binding: t; -*-

;; Findings, hover, completion, layout, and the end of the server. Ends with 0 if all is as it should be.

;;; Code:

(package-initialize)
(require 'cl-lib)
(require 'eglot)
(require 'lead-mode)

(setq lead-server-command (list (getenv "LEAD") "lsp")
      eglot-sync-connect t eglot-connect-timeout 30 eglot-autoshutdown nil)

(defvar failed 0)
(defun check (name ok &optional detail)
  (unless ok (cl-incf failed))
  (princ (format "%s %s%s\n" (if ok "ok  " "FAIL") name (if detail (format ": %s" detail) ""))))

(defun go (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(condition-case problem
    (progn
      (find-file "main.lead")
      (check "the file has its mode" (eq major-mode 'lead-mode))
      (font-lock-ensure)
      (go "when pages")
      (check "a keyword is coloured" (eq (get-text-property (point) 'face) 'font-lock-keyword-face))
      (apply #'eglot--connect (eglot--guess-contact))
      (let ((found nil) (end (+ (float-time) 20)))
        (while (and (not (cl-some (lambda (d) (string-match-p "many" (flymake-diagnostic-text d)))
                                  (setq found (flymake-diagnostics))))
                    (< (float-time) end))
          (accept-process-output nil 0.1)
          (flymake-start))
        (check "a finding is shown" (cl-some (lambda (d) (string-match-p "many" (flymake-diagnostic-text d))) found)))
      (let ((server (eglot-current-server)))
        (go "anonymous lead and")
        (let* ((hover (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams) :timeout 10))
               (said (format "%s" (plist-get hover :contents))))
          (check "hover shows the documentation" (string-match-p "Comes back and reads" said)))
        (goto-char (point-max))
        (insert "new term when an")
        (eglot--signal-textDocument/didChange)
        (let* ((reply (jsonrpc-request server :textDocument/completion (eglot--TextDocumentPositionParams) :timeout 10))
               (items (append (if (vectorp reply) reply (plist-get reply :items)) nil)))
          (check "completion offers a name of several words"
                 (cl-some (lambda (item) (equal (plist-get item :label) "anonymous lead")) items)))
        (delete-region (line-beginning-position) (point-max))
        (eglot--signal-textDocument/didChange)
        (go "anonymous lead when")
        (eglot-rename "returning reader")
        (check "rename reaches every use"
               (save-excursion (goto-char (point-min)) (search-forward "expect not returning reader" nil t)))
        (eglot-format-buffer)
        (check "the file is laid out"
               (save-excursion (goto-char (point-min)) (re-search-forward "^    \"nurture\" otherwise$" nil t)))
        (go "returning reader when")
        (lead-unfold)
        (check "a definition is unfolded in a window"
               (with-current-buffer "*returning reader unfolded*"
                 (save-excursion (goto-char (point-min)) (search-forward "count(page view within 90d)" nil t))))
        (set-buffer-modified-p nil)
        ;; Emacs sends null parameters here.
        (eglot-shutdown server)
        (check "the server ends when it is told" (not (jsonrpc-running-p server)))))
  (error (check "the script ran to its end" nil (error-message-string problem))))
(kill-emacs (if (zerop failed) 0 1))
