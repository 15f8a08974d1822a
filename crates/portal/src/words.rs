//! Every sentence of the portal, both languages side by side: a sentence cannot be missing in one of
//! them, and a template cannot name one that does not exist. Names of people, institutions and rules
//! are rows of the programme and not here.

macro_rules! words {
    ($($key:ident: $ja:literal, $en:literal;)*) => {
        /// The sentences of one language.
        #[derive(Debug)]
        #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "some are of pages left out"))]
        pub(crate) struct Words {
            $(pub(crate) $key: &'static str,)*
        }

        /// Japanese.
        pub(crate) static JA: Words = Words { $($key: $ja,)* };
        /// English.
        pub(crate) static EN: Words = Words { $($key: $en,)* };

        #[cfg(test)]
        const BOTH: &[(&str, &str, &str)] = &[$((stringify!($key), $ja, $en),)*];
    };
}

pub(crate) use words;

/// Puts values into a sentence's `{name}` places.
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

words! {
    skip_to_content: "本文へ移動", "Skip to content";
    nav_home: "ホーム", "Home";
    nav_api: "API", "API";
    nav_datasets: "データ", "Data";
    nav_applications: "利用申請", "Applications";
    nav_money: "料金・会計", "Fees and accounts";
    nav_register: "公開登録簿", "Register";
    nav_sign_in: "ログイン", "Sign in";
    nav_sign_out: "ログアウト", "Sign out";
    nav_main: "主なページ", "Main pages";
    other_language: "English", "日本語";
    footer_note: "小さな人数は個人の特定を防ぐため表示しません。座標はすべて GRCh38、1 始まりです。",
        "Small counts are hidden so that nobody can be identified. All coordinates are on GRCh38 and count from 1.";

    home_lead: "日本の医療機関やバイオバンクが集めたゲノムを、参加者の同意の範囲で数え、どのバリアントがどのくらいの頻度でみられるかを示します。一人ひとりのデータは外に出ません。",
        "Genomes collected by Japanese hospitals and biobanks, counted within each participant's consent, to show how common a genetic variant is. Nobody's own data leaves.";
    home_how: "数値は「リリース」という固定された版ごとに公表され、引用できます。参加者が同意を撤回すると、その人は以後のすべての回答から除かれます。",
        "Figures are published in fixed, citable releases. When a participant withdraws, they are left out of every answer from that moment on.";
    search_label: "バリアント・遺伝子・領域・疾患を検索", "Search a variant, gene, region or disease";
    search_placeholder: "chr22-42127941-G-A", "chr22-42127941-G-A";
    search_button: "検索", "Search";
    search_examples: "例", "Examples";
    current_release: "最新のリリース", "Current release";
    no_release: "まだリリースはありません。", "There is no release yet.";
    release_date: "作成日", "Made on";
    release_people: "人数", "People";
    release_variants: "バリアントの数", "Variants";
    release_build: "参照配列", "Reference";
    apply_for_release: "このリリースの利用を申請する", "Apply for use of this release";
    release_digest: "ダイジェスト", "Digest";
    digest_full: "全文を表示", "show in full";
    column_release: "リリース", "Release";
    older_releases: "以前のリリース", "Earlier releases";
    people_by_contributor: "提供機関別の人数", "People by contributor";
    people_by_stratum: "集団別の人数", "People by population stratum";
    progress: "次のリリースに向けて", "Towards the next release";
    progress_waiting: "{batches} 件の提出のうち {waiting} 件が次のリリースを待っています。提供機関は {contributors} です。",
        "{waiting} of {batches} submitted batches wait for the next release; {contributors} institutions have contributed.";
    progress_none: "すべての提出（{batches} 件、{contributors} 機関）が最新のリリースに含まれています。",
        "All submitted batches ({batches}, from {contributors} institutions) are in the current release.";
    progress_bar: "リリース済みの提出", "Batches released";
    how_to_cite: "引用のしかた", "How to cite";
    citation: "{programme}、リリース {release}（{date}）、ダイジェスト {digest}。",
        "{programme}, release {release} ({date}), digest {digest}.";
    citation_stays: "ダイジェストは作成日のもので、あとで参加者が撤回しても変わりません。",
        "The digest is that of the day the release was made; it stays the same when a participant withdraws later.";
    for_programs: "プログラムから使う", "For programs";
    for_programs_text: "同じ数値を JSON、VCF、GA4GH Beacon v2 で取得できます。",
        "The same figures are available as JSON, as VCF and through GA4GH Beacon v2.";
    see_api: "API の説明を見る", "See the API";

    hidden: "非表示", "hidden";
    not_called: "判定なし", "no calls";

    variant_title: "バリアント {variant}", "Variant {variant}";
    region_title: "領域 {region}", "Region {region}";
    release_is: "リリース {release}", "Release {release}";
    group_all: "全体", "Everybody";
    sex_female: "女性", "Female";
    sex_male: "男性", "Male";
    sex_unknown: "不明", "Unknown";
    split_by: "内訳", "Split by";
    by_stratum: "集団別", "Population stratum";
    by_contributor: "提供機関別", "Contributor";
    by_sex: "性別", "Sex";
    purpose_heading: "利用目的", "Purpose";
    purpose_label: "何のために使いますか", "What is it for?";
    purpose_disease: "疾患 ID（疾患を定める目的の場合）", "Disease id (where the purpose needs one)";
    purpose_disease_example: "MONDO:0005148", "MONDO:0005148";
    purpose_note: "利用目的に同意した人だけを数えます。", "Only people who consented to the purpose are counted.";
    purpose_exposure: "プライバシーの台帳：これまでに見たもの", "Ledger of privacy: what you were shown";
    purpose_project: "許可された課題", "Granted project";
    purpose_project_none: "指定しない", "none";
    purpose_project_note: "課題を選ぶと、その課題に許可された目的とデータで表示します。",
        "Under a project, its granted purpose and data apply.";
    purpose_button: "この目的で表示", "Show for this purpose";
    frequency_heading: "アレル頻度", "Allele frequency";
    frequency_caption: "横棒は、調べたアレルのうち {alternate} の割合です。目盛りの右端は {top} です。",
        "Bars show the share of called alleles that are {alternate}. The full width is {top}.";
    counts_heading: "数値", "Counts";
    column_group: "グループ", "Group";
    column_frequency: "頻度", "Frequency";
    column_ac: "代替アレル数", "Alternate alleles";
    column_an: "調べたアレル数", "Called alleles";
    column_hom: "ホモ接合", "Homozygous";
    column_hemi: "ヘミ接合", "Hemizygous";
    column_called: "判定された人数", "People called";
    why_hidden: "なぜ非表示なのですか", "Why is something hidden?";
    why_small: "小さな数：1 から {most} までの人数やアレル数は、個人の特定につながるおそれがあるため表示しません。0 は表示します。",
        "Small counts: numbers from 1 to {most} could point to a person, so they are not shown. Zero is shown.";
    why_subtraction: "引き算で分かる数：ほかの数から引き算すると小さな数が分かってしまう場合、その数も表示しません。このため {smallest} 以上の数が非表示になることがあります。",
        "Counts that give others away: where a small number could be worked out by subtracting, a second number is hidden too. A hidden number may therefore be {smallest} or more.";
    why_same: "内訳を変えても、同じ規則で非表示になります。", "The same numbers stay hidden whichever split you choose.";
    same_question: "同じ質問をほかの形式で", "The same question in other forms";
    as_json: "JSON(API)", "JSON (API)";
    as_vcf: "VCF ファイル", "VCF file";
    as_beacon: "GA4GH Beacon v2", "GA4GH Beacon v2";
    not_in_release: "このリリースにはありません", "Not in this release";
    not_in_release_text: "バリアント {variant} はリリース {release} に記録がありません。これは頻度が 0 ということではありません。この位置を調べた提出に、このバリアントが書かれていなかったという意味です。",
        "Variant {variant} is not recorded in release {release}. This does not mean that its frequency is zero: it means that no submission lists this variant.";
    not_in_release_hint: "表記のしかた（左詰め・参照アレル）が違うと別のバリアントとして扱われます。周辺の領域も確認してください。",
        "Another spelling of the same change (alignment, reference allele) is another variant here. Look at the surroundings, too.";
    look_around: "周辺の領域を見る", "Look at the surroundings";

    region_count: "{count} 個のバリアント", "{count} variants";
    region_empty: "この領域に記録されたバリアントはありません。", "No variant is recorded in this region.";
    region_picture: "領域の図", "Picture of the region";
    region_picture_about: "{region} のバリアント。高さはアレル頻度（対数目盛り）、下の白抜きの丸は頻度が非表示のバリアントです。",
        "Variants of {region}. Height is allele frequency on a logarithmic scale; a hollow mark below is a variant whose frequency is hidden.";
    region_thinned: "図では隣り合うバリアントをまとめ、最も頻度の高いものを描いています。",
        "Neighbouring variants are drawn as one needle, the most frequent of them.";
    region_list: "バリアントの一覧", "List of variants";
    column_variant: "バリアント", "Variant";
    page_of: "{page} / {pages} ページ", "Page {page} of {pages}";
    page_previous: "前のページ", "Previous page";
    page_next: "次のページ", "Next page";
    pages_label: "ページの移動", "Pages";

    search_title: "検索", "Search";
    search_how: "次のように書いてください。全角文字でもかまいません。", "Write it like one of these.";
    search_variant_form: "バリアント：染色体-位置-参照アレル-代替アレル", "A variant: chromosome, position, reference allele, alternate allele";
    search_position_form: "位置", "A position";
    search_region_form: "領域（両端を含む）", "A region, both ends included";

    sign_in_title: "ログイン", "Sign in";
    sign_in_text: "発行されたトークンを入力してください。トークンはブラウザに残らず、12 時間で切れるセッション番号だけが Cookie に入ります。",
        "Enter the token you were issued. Your browser keeps no token, only the number of a session that ends after 12 hours.";
    sign_in_by_password: "利用者名とパスワードでログイン", "Sign in with name and password";
    sign_in_by_token: "トークンでログイン（プログラムを使う方）", "Sign in with a token (for programs)";
    sign_in_token: "トークン", "Token";
    sign_in_button: "ログイン", "Sign in";
    sign_in_failed: "このトークンは登録されていません。", "This token is not known.";
    sign_in_name: "利用者名", "User name";
    sign_in_password: "パスワード", "Password";
    sign_in_wrong: "ログインできませんでした。利用者名とパスワードを確かめてください。",
        "You could not be signed in. Check user name and password.";
    sign_in_wait: "失敗が続いたため、{seconds} 秒後までログインできません。",
        "After repeated failures nobody can sign in here for {seconds} seconds.";
    welcome_title: "ログインしました", "You are signed in";
    welcome_continue: "続ける", "Continue";
    going_on_title: "次のページへ移動します", "Going on to the next page";
    training_ends: "研修「{training}」の修了証は {date} に期限が切れます。更新してください。",
        "Your certificate of the training “{training}” runs out on {date}. Please renew it.";
    training_over: "研修「{training}」の修了証は {date} に期限が切れました。",
        "Your certificate of the training “{training}” ran out on {date}.";
    sign_in_demo: "例の利用者としてログイン", "Sign in as an example user";
    sign_in_demo_text: "これはデモです。だれでも次の利用者としてログインできます。",
        "This is a demonstration: anybody may sign in as one of these users.";
    signed_in_as: "{name} としてログイン中", "Signed in as {name}";

    refused_title: "表示できません", "This cannot be shown";
    refused_text: "次の理由により、この質問にはお答えできません。", "This question cannot be answered, for the following reasons.";
    step_refused_title: "手続きできません", "This cannot be done";
    step_refused_text: "次の理由により、この手続きはできません。何も変更していません。",
        "This step cannot be taken, for the following reasons. Nothing was changed.";
    step_back: "申請に戻る", "Back to the application";
    refused_until: "（{until} まで）", " (until {until})";
    refused_source: "根拠", "Source";
    refused_change: "どうすればよいか", "What would change it";
    refused_logged: "この回答は監査記録に残ります。", "This refusal is recorded in the audit log.";
    change_user: "登録された利用者としてログインしてください。", "Sign in as a registered user.";
    change_role: "所属機関の管理者に、必要な役割の付与を依頼してください。", "Ask your institution's administrator for a role that permits it.";
    change_purpose: "登録されている利用目的を選んでください。", "Choose a purpose that is registered.";
    change_disease: "利用目的とともに疾患 ID を指定してください。", "Name the disease together with the purpose.";
    change_freeze: "ホームに載っているリリースを選んでください。", "Choose a release that is listed on the home page.";
    change_payment: "所属機関の利用料の支払いが確認されると、表示できるようになります。", "It can be shown once your institution's payment is confirmed.";
    change_reasons: "理由を記入して、もう一度手続きしてください。", "State your reasons and try again.";
    change_step: "上の条件が満たされたあとで、申請のページから手続きしてください。", "Take the step once that is the case, on the page of the application.";
    change_other: "根拠に示した規則を確認し、データ管理者に相談してください。", "See the rule named as its source, and ask the data manager.";

    trouble_title: "エラー", "Something is wrong";
    trouble_parameter: "「{name}」の値「{found}」を読み取れません。", "The value “{found}” of “{name}” cannot be read.";
    trouble_expected: "必要な形", "Expected";
    trouble_too_many: "この領域には {limit} を超えるバリアントがあります。もっと短い領域を指定してください。",
        "This region holds more than {limit} variants. Ask for a shorter one.";
    trouble_consent: "この内容では受け付けられませんでした：{what}", "This cannot be taken: {what}";
    trouble_participant: "このアカウントに結びつけられた方の情報ではないか、すでに撤回されています。", "That is nobody linked to this account, or consent was withdrawn before.";
    footer_participants: "参加者の方へ：わたしの同意", "For participants: my consent";
    trouble_changed: "回答を作っている間にリリースが変わりました。もう一度お試しください。",
        "The release changed while the answer was made. Please try again.";
    trouble_server: "サーバーで問題が起きました。管理者に次の番号をお知らせください：{request}",
        "The server failed. Please tell its operator this number: {request}";
    trouble_foreign_form: "このフォームは別のサイトから送られたため、受け付けませんでした。",
        "This form was sent from another site and was not accepted.";
    not_found_title: "ページが見つかりません", "Page not found";
    not_found_text: "このアドレスにはページがありません。", "There is no page at this address.";
    back_home: "ホームへ戻る", "Back to the home page";

    api_title: "API", "API";
    api_text: "すべての操作は同じ入口を通り、同じ規則で許可または拒否され、監査記録に残ります。拒否の理由は日本語と英語で返ります。",
        "Every operation goes through the same door: permitted or refused by the same rules, and recorded in the audit log. Reasons for a refusal come in Japanese and English.";
    api_coordinates: "座標は 1 始まりで両端を含みます。Beacon だけは 0 始まりで、終わりを含みません。非表示の数は null、0 は 0 です。",
        "Coordinates are 1-based and include both ends, except in Beacon, where they are 0-based and the end is excluded. A hidden count is null; zero is 0.";
    api_operations: "操作の一覧", "Operations";
    api_method: "メソッド", "Method";
    api_path: "パス", "Path";
    api_does: "内容", "What it does";
    api_access: "利用", "Access";
    api_public: "公開", "public";
    api_signed_in: "要ログイン", "sign in";
    api_examples: "使用例", "Examples";
    api_token_note: "$TOKEN は発行されたトークンに置き換えてください。", "Replace $TOKEN by the token you were issued.";
    api_openapi: "OpenAPI 3.1 文書", "OpenAPI 3.1 document";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The `{names}` of a sentence, sorted.
    fn places(sentence: &str) -> Vec<&str> {
        let mut names: Vec<&str> = sentence
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_say_something_with_the_same_places() {
        for (key, ja, en) in BOTH {
            assert!(!ja.is_empty() && !en.is_empty(), "{key}");
            assert_eq!(places(ja), places(en), "{key}");
        }
    }

    #[test]
    fn values_are_put_in_their_places() {
        assert_eq!(fill("{page} / {pages}", &[("page", "1"), ("pages", "9")]), "1 / 9");
    }
}
