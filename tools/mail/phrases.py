"""The set phrases of mail programs in the languages people write: how they name a quotation, a header, a forward, a device.

Collected from the translations of common mail programs; matched without regard to case, so all are in lower case.
"""

from __future__ import annotations

WROTE = (
    # Germanic
    "wrote|writes|said|schrieb|schrieben|schreibt|geschrieben|schreef|geschreven|skrev|skreiv|skrifaði|geskryf|skryf|"
    # Romance
    "a écrit|à écrit|a ecrit|écrit|écrivait|escribió|escribio|ha escrito|escribiu|escreveu|ha scritto|scrive|scrisse|"
    "va escriure|ha escrit|a scris|scris|"
    # Slavic and Baltic
    "napisał|napisała|napisał\\(a\\)|napisał/a|napisali|pisze|napsal|napsala|napsal\\(a\\)|napísal|napísala|napísal\\(a\\)|"
    "napisao|napisala|napisao je|je napisao|je napisal|je napisala|piše|написал|написала|написал\\(а\\)|написав|"
    "написав\\(ла\\)|пишет|писал|писала|пише|писав|написа|написао|написаў|rašė|parašė|rakstīja|"
    # others in Latin, Greek, Hebrew, Arabic, Thai, Devanagari letters
    "kirjoitti|kirjutas|írta|ezt írta|írta a következőt|yazdı|şunu yazdı|yazmış|έγραψε|έγραψεν|έγραψαν|đã viết|viết|"
    "menulis|skribis|idatzi du|scríobh|ysgrifennodd|shkroi|כתב|כתבה|כתב/ה|נכתב|كتب|كتبت|كتب/ت|نوشت|نوشته|เขียนว่า|เขียน|ने लिखा|"
    "লিখেছেন"
)
"""Forms of "wrote" that stand as words of their own."""

WROTE_JOINED = "写道|寫道|写到|寫到|書きました|のメール|のメッセージ|さんは書|작성|썼습니다|쓴 글|보낸 메시지|님이 쓴"
"""Forms of "wrote" in scripts that put no space between words."""

ON = (
    "on|am|le|el|il|em|op|den|dne|dnia|dňa|dana|dne|w|pe|în|in data|il giorno|no dia|em|a|à|på|þann|στις|την|vào|v|в|во|у|"
    "на|la|el día|al|ngày|pada|tanggal|dana|kuupäeval|ב|בתאריך|ביום|في|در|เมื่อ|在|於|于"
)
"""Words that come before the date of a quotation, such as "on"."""

FROM = (
    "from|von|de|da|van|fra|från|od|nadawca|lähettäjä|отправитель|от|від|от кого|from|feladó|kimden|gönderen|από|מאת|"
    "من|از|发件人|發件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|expéditeur|expediteur|remetente|mittente|absender|"
    "odesílatel|odosielateľ|afzender|avsändare|avsender|afsender|remitente|dari|từ|de la|šalje|pošiljatelj|saatja|kellelt|"
    "no|nuo|frá|จาก|sender"
)
TO = (
    "to|an|à|a|para|aan|til|till|do|komu|dla|vastaanottaja|кому|до|címzett|kime|alıcı|προς|אל|إلى|به|收件人|收件者|宛先|"
    "받는 사람|받는사람|pour|destinataire|destinatario|destinatário|adresat|pro|către|kepada|đến|tới|prima|za|saaja|kam|kas|"
    "ถึง|empfänger|mottagare|mottaker|modtager|geadresseerde|ke|përuar|til:|al"
)
SUBJECT = (
    "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|předmět|predmet|předmet|тема|tárgy|konu|"
    "θέμα|נושא|الموضوع|موضوع|主题|主題|主旨|件名|제목|subiect|perihal|subjek|chủ đề|tiêu đề|zadeva|naslov|teema|temats|tema|"
    "efni|หัวเรื่อง|เรื่อง|assumpte|относно|предмет|sujet|re"
)
DATE = (
    "date|sent|datum|gesendet|envoyé|envoyé le|le|data|fecha|enviado|enviado el|enviada|enviada em|enviado em|inviato|"
    "verzonden|dato|sendt|sendt dato|datum|skickat|skickades|päivämäärä|lähetetty|wysłano|wysłane|odesláno|odoslané|poslano|"
    "дата|отправлено|надіслано|dátum|elküldve|küldve|tarih|gönderildi|gönderme tarihi|ημερομηνία|στάλθηκε|תאריך|נשלח|"
    "التاريخ|تاريخ|تم الإرسال|发送时间|發送時間|寄件日期|发送日期|日期|日付|日時|送信日時|送信|날짜|보낸 날짜|보냄|dată|trimis|"
    "tanggal|dikirim|ngày|gửi|saadetud|kuupäev|datums|nosūtīts|dagsetning|วันที่|ส่ง|enviat|изпратено|verstuurd|"
    "time|zeit"
)
OTHER_FIELDS = (
    "cc|bcc|kopie|kopi|copie|copia|cópia|копия|kópia|kopio|dw|kk|másolat|bilgi|抄送|副本|참조|reply-to|reply to|répondre à|"
    "antwort an|responder a|rispondi a|risposta|attachments|anlagen|pièces jointes|adjuntos|anexos|allegati|bijlagen|"
    "importance|priority|wichtigkeit|organization|organisation|on behalf of|im auftrag von|newsgroups|x-mailer|message-id"
)

ORIGINAL = (
    "original message|original email|original mail|original appointment|forwarded message|forwarded by|forwarded mail|"
    "forwarded email|reply message|reply above|begin forwarded message|fwd|"
    "ursprüngliche nachricht|ursprüngliche mail|original-nachricht|originalnachricht|originalmail|original-mail|"
    "weitergeleitete nachricht|anfang der weitergeleiteten nachricht|ursprungsnachricht|"
    "message d'origine|message d’origine|message original|message initial|message transféré|message transmis|"
    "début du message réexpédié|début du message transféré|courriel original|e-mail d'origine|e-mail d’origine|"
    "mensaje original|mensaje reenviado|inicio del mensaje reenviado|correo original|missatge original|missatge reenviat|"
    "mensagem original|mensagem encaminhada|mensagem reenviada|início da mensagem reenviada|início da mensagem encaminhada|"
    "messaggio originale|messaggio originario|messaggio inoltrato|inizio messaggio inoltrato|messaggio originario|"
    "oorspronkelijk bericht|origineel bericht|doorgestuurd bericht|begin doorgestuurd bericht|oorspronkelijke e-mail|"
    "oprindelig meddelelse|oprindelig besked|original meddelelse|original besked|videresendt besked|videresendt meddelelse|"
    "opprinnelig melding|original melding|videresendt melding|start på videresendt melding|"
    "ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|vidarebefordrat mejl|vidarebefordrat brev|"
    "alkuperäinen viesti|välitetty viesti|välitetty viesti alkaa|"
    "wiadomość oryginalna|oryginalna wiadomość|wiadomość przekazana|przekazana wiadomość|wiadomość pierwotna|"
    "początek przekazywanej wiadomości|"
    "původní zpráva|původní e-mail|přeposlaná zpráva|přeposlána zpráva|pôvodná správa|preposlaná správa|"
    "исходное сообщение|оригинальное сообщение|первоначальное сообщение|пересылаемое сообщение|"
    "пересланное сообщение|перенаправленное сообщение|начало переадресованного сообщения|конец пересылаемого сообщения|"
    "вихідне повідомлення|оригінальне повідомлення|переслане повідомлення|пересилане повідомлення|"
    "оригинално съобщение|препратено съобщение|оригинална порука|прослеђена порука|"
    "izvorna poruka|originalna poruka|proslijeđena poruka|prosleđena poruka|izvirno sporočilo|posredovano sporočilo|"
    "eredeti üzenet|továbbított üzenet|továbbított levél|mesaj original|mesajul original|mesaj redirecționat|"
    "orijinal mesaj|özgün ileti|orijinal ileti|iletilen mesaj|yönlendirilmiş ileti|iletilmiş mesaj|"
    "αρχικό μήνυμα|προωθημένο μήνυμα|הודעה מקורית|הודעה שהועברה|الرسالة الأصلية|رسالة معاد توجيهها|"
    "پیام اصلی|tin nhắn gốc|thư gốc|pesan asli|pesan terusan|originaalkiri|algne sõnum|edastatud kiri|"
    "原始邮件|邮件原件|原始郵件|原始信件|转发邮件|转发的邮件|下面是被转发的邮件|以下是被转发的邮件|轉寄郵件|轉寄的郵件|"
    "元のメッセージ|転送されたメッセージ|転送メッセージ|original message|원본 메시지|원본 메일|전달된 메시지|ข้อความต้นฉบับ"
)
"""What mail programs write above a message that they quote or forward as a whole."""

SENT_FROM = (
    "envoyé (?:de|depuis|à partir|par|via|avec|d'|d’)|envoyée? depuis|message envoyé|provenance :|obtenez outlook|"
    "télécharge[rz] outlook|gesendet (?:von|mit|über|aus|via)|von mein(?:em|er) .{1,60}(?:gesendet|verschickt)|"
    "(?:diese|die) nachricht wurde .{1,80}gesendet|verschickt (?:von|mit)|versendet mit|holen sie sich outlook|"
    "outlook für .{1,20}(?:herunterladen|beziehen)|enviado (?:desde|de|do|da|con|com|por|pelo|via|a través|a partir)|"
    "mensaje enviado desde|obtener outlook|consiga outlook|descargar outlook|obter o outlook|obtenha o outlook|"
    "inviato (?:da|dal|dall['’]|con|tramite|via)|scarica outlook|ottieni outlook|"
    "verzonden (?:met|vanaf|via|van|vanuit|uit)|verstuurd (?:met|vanaf|via|van|vanuit)|outlook voor .{1,20}(?:downloaden|ophalen)|"
    "sendt (?:fra|med|via|frå)|hent outlook|få outlook|last ned outlook|skickat (?:från|med|via|ifrån)|skickades från|"
    "skaffa outlook|hämta outlook|lähetetty |hanki outlook|wysłan[eoya]{1,2} (?:z|ze|przez|za|w)\\b|pobierz outlook|"
    "uzyskaj outlook|odesláno (?:z|ze|pomocí)|odoslané (?:z|zo)|posláno (?:z|ze)|odesláno|získat outlook|"
    "отправлено (?:с|со|из|от|через)|отправлен[оа]? (?:с|из) |послано с|скачайте outlook|надіслано (?:з|із|через)|"
    "відправлено (?:з|із)|изпратено от|послато (?:са|с)|poslano (?:s|sa|iz|z)\\b|poslato sa|küldve|elküldve|"
    "trimis (?:de|din|prin|cu)|στάλθηκε από|εστάλη από|נשלח מ|أُ?رسلت من|مرسل من|مُرسل من|تم الإرسال من|ارسال شده از|"
    "发自我的|發自我的|来自我的|發送自|发送自|発信元|được gửi từ|đã gửi từ|gửi từ|dikirim (?:dari|melalui|dengan)|"
    "dihantar dar|enviat (?:des|amb|del|per)|saadetud|nosūtīts no|išsiųsta iš|sent frá|sent úr|ส่งจาก"
)
"""How a line begins that a telephone or mail program adds below what was written."""

SENT_FROM_AT_END = (
    "gönderildi|傳送|发送|發送|寄出|から送信|より送信|から送信されました|에서 보냄|에서 전송|에서 보냈습니다|"
    "gesendet|küldve|verzonden|verstuurd"
)
"""The same, for languages that put the verb last."""

DEVICES = (
    "mobile|phone|iphone|i-phone|ipad|ipod|android|blackberry|samsung|galaxy|htc|nokia|lumia|huawei|xiaomi|redmi|pixel|"
    "oneplus|motorola|alcatel|windows|outlook|mail|e-mail|email|gmail|inbox|yahoo|airmail|mailbox|spark|proton|protonmail|"
    "k-9|thunderbird|aol|hotmail|tablet|cell|cellphone|handheld|handy|device|app|webmail|superhuman|fastmail|zoho|boxer|"
    "newton|aquamail|bluemail|typemail|mac|macbook|imac|watch|verizon|t-mobile|at&t|sprint|vodafone|wireless|smartphone|"
    "telephone|palm|treo|ios|emclient|postbox|mailspring|canary|edison|polymail|front|missive|mutt|nine|work"
)
APOLOGIES = "excuse|pardon|sorry|apolog|forgive|typo|brevity|brief|misspell|spelling|autocorrect|thumbs|errors|mistakes"
