//! The sentences of the pages about variants, genes, regions and datasets, both languages side by side.

use crate::language::Language;
use crate::words::words;

words! {
    fact_frequency: "アレル頻度（全体）", "Allele frequency (everybody)";
    fact_alleles: "代替アレル数 / 調べたアレル数", "Alternate / called alleles";
    fact_hom: "ホモ接合の人数", "Homozygous people";
    fact_faf: "フィルタリングアレル頻度（95 %、最大の集団）", "Filtering allele frequency (95 %, highest group)";
    fact_called: "判定された人数", "People called";
    called_of: "{called} / {people} 人", "{called} of {people}";
    none_above_zero: "なし", "none";
    faf95: "FAF 95 %", "FAF 95 %";
    faf99: "FAF 99 %", "FAF 99 %";
    faf_note: "FAF（フィルタリングアレル頻度）は、ポアソン分布による頻度の片側信頼下限です（Whiffin ほか 2017）。表示している数だけから計算します。最大の集団は、数を表示している集団の中で選びます。",
        "FAF, the filtering allele frequency, is the one-sided lower Poisson confidence limit of the frequency (Whiffin et al. 2017), computed from shown counts only. The highest group is chosen among population strata that show theirs.";
    called_note: "判定された人数がリリースの人数より少ないときは、残りの人ではこの位置を調べられていません。頻度 0 とは異なります。",
        "Where fewer people are called than the release has, the others could not be looked at here. That differs from a frequency of zero.";
    genotypes: "遺伝子型の人数", "People by genotype";
    genotype_without: "このアレルなし", "without the allele";
    genotype_het: "ヘテロ接合", "heterozygous";
    genotype_hom: "ホモ接合", "homozygous";
    genotype_observed: "人数", "Seen";
    genotype_expected: "平衡での期待値", "Expected in equilibrium";
    genotype: "遺伝子型", "Genotype";
    hardy: "ハーディー・ワインベルグ平衡の正確検定：p = {p}", "Exact test of Hardy–Weinberg equilibrium: p = {p}";
    genotypes_none: "必要な数が非表示か、全員が二倍体でないため、遺伝子型の人数は出せません。",
        "People by genotype cannot be told: a count they need is hidden, or not everybody called has two alleles here.";

    consequences: "転写産物への影響", "Consequences by transcript";
    consequences_none: "この位置に重なる転写産物は、読み込まれた遺伝子モデルにありません。", "No transcript of the loaded gene models is near this place.";
    column_gene: "遺伝子", "Gene";
    column_transcript: "転写産物", "Transcript";
    column_consequence: "影響", "Consequence";
    column_impact: "影響度", "Impact";
    column_hgvs: "HGVS", "HGVS";
    other_transcripts: "ほかの転写産物（{count}）", "Other transcripts ({count})";
    clinvar: "ClinVar", "ClinVar";
    clinvar_none: "読み込まれた ClinVar に、このバリアントの登録はありません。", "The loaded ClinVar has no entry for this variant.";
    column_significance: "臨床的意義", "Significance";
    column_review: "審査の状況", "Review status";
    column_condition: "疾患", "Condition";
    column_id: "ID", "Id";
    panels: "ほかの集団との比較", "Beside other panels";
    panels_none: "読み込まれたほかの集団のデータに、このバリアントはありません。", "No loaded panel of other populations has this variant.";
    panels_caption: "縦線が本事業の頻度、丸がその集団の頻度です。横軸は対数で、左端は 0.001 %、右端は 100 % です。",
        "The line is the frequency here, the dot the panel's. The scale is logarithmic, from 0.001 % on the left to 100 % on the right.";
    panels_ours_hidden: "本事業の頻度は非表示のため、丸だけを描いています。", "The frequency here is hidden, so that only dots are drawn.";
    column_panel: "データ", "Panel";
    column_population: "集団", "Population";
    column_against: "本事業との比", "Against ours";
    column_filters: "注意", "Filters";
    times: "{ratio} 倍", "{ratio} times";
    names: "識別子", "Identifiers";
    names_none: "参照配列も識別子の表も読み込まれていません。", "Neither a reference sequence nor a table of identifiers is loaded.";
    sets: "注釈：第 {layer} 層（{day}）：{sets}", "Annotation: layer {layer} ({day}): {sets}";
    sets_none: "このリリースには注釈が読み込まれていません。", "No annotation is loaded for this release.";
    history: "リリースごとの推移", "Over the releases";
    history_show: "すべてのリリースでの頻度を表示", "Show the frequency in every release";
    history_note: "リリースごとに一つの質問として記録されます。", "Each release is a question of its own in the audit log.";
    history_absent: "記録なし", "not recorded";
    history_refused: "表示できません", "cannot be shown";

    nearby: "この位置は調べられていますか", "Was this place looked at?";
    nearby_called: "最も近い記録位置 {place} では、リリースの {people} 人のうち {called} 人が判定されています。",
        "At the nearest recorded position, {place}, {called} of the release's {people} people were called.";
    nearby_none: "前後 {bases} 塩基に記録された位置がありません。ここが調べられたかどうかは、このリリースからは分かりません。",
        "No position is recorded within {bases} bases. Whether this place was looked at cannot be told from this release.";

    gene_title: "遺伝子 {gene}", "Gene {gene}";
    gene_unknown: "遺伝子が見つかりません", "No such gene";
    gene_unknown_text: "「{gene}」は、リリース {release} の遺伝子モデルにありません。", "“{gene}” is not in the gene models of release {release}.";
    gene_none_loaded: "このリリースには遺伝子モデルが読み込まれていません。運用者が gj annotation で読み込むと使えます。",
        "No gene models are loaded for this release; its operator loads them with gj annotation.";
    gene_place: "位置", "Place";
    gene_strand: "鎖", "Strand";
    gene_id: "ID", "Id";
    gene_aliases: "別名", "Also called";
    gene_picture: "転写産物とバリアント", "Transcripts and variants";
    gene_picture_about: "{gene} のバリアントと転写産物。高さはアレル頻度（対数目盛り）、下の白抜きは頻度が非表示のバリアント、その下は転写産物（太い部分が翻訳領域）です。",
        "Variants and transcripts of {gene}. Height is allele frequency on a logarithmic scale; hollow marks below are variants whose frequency is hidden; below them transcripts, thick where translated.";
    region_genes_about: "図の下は遺伝子です。", "Below are the genes.";
    burden: "まれなバリアントの合計", "Rare variants taken together";
    burden_note: "頻度 {max} 以下で数を表示しているバリアントだけの合計です。数が非表示のバリアントは合計に入らず、右端に個数を示します。",
        "Sums of variants with a shown frequency of at most {max}. Variants whose count is hidden are in no sum; the last column says how many there are.";
    column_severity: "種類", "Sort";
    column_variants: "バリアント", "Variants";
    column_sum_ac: "代替アレルの合計", "Alternate alleles";
    column_sum_af: "頻度の合計", "Sum of frequencies";
    column_sum_hom: "ホモ接合の合計", "Homozygous";
    column_hidden: "非表示", "Hidden";
    severity_lof: "機能喪失（予測）", "Loss of function (predicted)";
    severity_missense: "タンパク質の変化", "Missense and other protein changes";
    severity_lof_missense: "機能喪失・タンパク質の変化", "Loss of function or a changed protein";
    severity_synonymous: "同義", "Synonymous";
    severity_other: "その他", "Other";
    constraint: "制約（読み込まれた表による）", "Constraint, as the loaded table says";
    constraint_lof: "機能喪失：観測 {observed} / 期待 {expected}", "Loss of function: {observed} seen, {expected} expected";
    constraint_missense: "ミスセンス：観測 {observed} / 期待 {expected}", "Missense: {observed} seen, {expected} expected";

    table_choose: "絞り込みと列", "Filter and columns";
    table_severity: "影響の種類", "Sorts of consequences";
    table_impact: "影響度", "Impact";
    table_max: "頻度の上限", "Highest frequency";
    table_min: "頻度の下限", "Lowest frequency";
    table_clinvar: "ClinVar", "ClinVar";
    table_sort: "並べ替え", "Order";
    table_columns: "表示する列", "Columns";
    table_apply: "表示する", "Show";
    table_any: "すべて", "any";
    clinvar_any: "登録あり", "has an entry";
    clinvar_pathogenic: "病的・病的の可能性", "pathogenic or likely";
    clinvar_uncertain: "意義不明・相反", "uncertain or conflicting";
    clinvar_benign: "良性・良性の可能性", "benign or likely";
    sort_place: "位置", "by place";
    sort_frequency: "頻度（低い順）", "rarest first";
    sort_frequency_down: "頻度（高い順）", "most frequent first";
    sort_severity: "影響の大きい順", "most severe first";
    sort_hom_down: "ホモ接合の多い順", "most homozygous first";
    table_count: "{shown} / {all} 個", "{shown} of {all}";
    table_none: "条件に合うバリアントはありません。", "No variant is as chosen.";
    max_note: "頻度の上限を指定しても、頻度が非表示のバリアントは残ります（まれな可能性があるため）。",
        "A highest frequency keeps variants whose frequency is hidden: they may be rarer.";
    as_tsv: "この一覧をタブ区切りで（同じ絞り込み）", "This list as text with tabs, chosen alike";
    as_table_json: "この一覧を JSON で（同じ絞り込み）", "This list as JSON, chosen alike";
    as_region_vcf: "領域のすべてを VCF で", "All of the region as VCF";
    export: "書き出し", "Export";
    column_protein: "タンパク質 HGVS", "Protein HGVS";
    column_coding: "転写産物 HGVS", "Transcript HGVS";
    column_clinvar: "ClinVar", "ClinVar";
    column_rs: "dbSNP", "dbSNP";
    column_panels: "ほかの集団", "Other panels";

    found_one: "「{query}」は次のものです。", "“{query}” is this.";
    found_several: "「{query}」には複数の候補があります。", "“{query}” may mean any of these.";
    found_gene: "遺伝子", "Gene";
    found_variant: "バリアント", "Variant";
    found_region: "領域", "Region";
    found_disease: "疾患", "Disease";
    found_by: "一致した名前", "Found by";
    found_none: "「{query}」に当たるものは見つかりませんでした。", "Nothing was found for “{query}”.";
    disease_hint: "この ID は、利用目的の疾患として使えます。", "Use this id as the disease of a purpose.";
    search_gene_form: "遺伝子（英語・日本語・別名・ID）", "A gene by symbol, alias, Japanese name or id";
    search_rs_form: "dbSNP の番号", "A number of dbSNP";
    search_hgvs_form: "HGVS・SPDI", "HGVS or SPDI";
    search_disease_form: "疾患（漢字・かな・英語・ID）", "A disease in kanji, kana or English, or its id";

    withheld_title: "次のリリースまで示さないもの", "Withheld until the next release";
    withheld_all: "（すべて）", "(everything)";
    withheld_stratum: "（集団別）", "(by stratum)";
    withheld_contributor: "（提供機関別）", "(by contributor)";
    withheld_sex: "（性別）", "(by sex)";
    withheld_more: "ほか {count} か所", "and {count} more";
    withheld_alike: "何を示さないかは、以前に示した範囲だけで決まり、誰が何を持つかには依りません。全員に同じです。",
        "What is withheld follows from what was shown before, never from what anybody carries. It is the same for everybody.";
    guarded_title: "よくある変異かどうか", "How common it is";
    guarded_exact: "{alleles} アレル中 {from}（頻度 {low}）", "{from} of {alleles} alleles (frequency {low})";
    guarded_band: "{alleles} アレル中 {from}〜{to}（頻度 {low}〜{high}）", "{from} to {to} of {alleles} alleles (frequency {low} to {high})";
    guarded_rare: "{alleles} アレル中 {to} 以下（頻度 {high} 以下）", "at most {to} of {alleles} alleles (frequency at most {high})";
    guarded_exact_form: "数そのものです。", "This is the count itself.";
    guarded_fine_form: "狭い幅で示しています。", "Told within a narrow band.";
    guarded_broad_form: "広い幅で示しています。", "Told within a broad band.";
    guarded_rare_form: "まれな変異も、見つかっていない変異も、同じように示します。", "Rare variants and those never seen look the same.";
    guarded_about: "契約のない登録利用者には、個人の参加が推測できない範囲だけを示します。これまでに示した量：",
        "Registered users without a contract are shown only what keeps anybody's participation from being guessed. What you were shown so far:";
    exposure_title: "プライバシーの台帳", "Ledger of privacy";
    exposure_lead: "答えを重ねると、ある人がデータに含まれるかどうかを推測できるようになります。台帳は、これまでに示した量を利用者と機関ごとに記録し、限度を守ります。記録は消えません。",
        "Many answers together can betray whether somebody is among the data. The ledger keeps what was shown, by user and institution, and holds it under a limit. It never forgets.";
    exposure_own: "自分の台帳", "Your account";
    exposure_all: "すべての台帳（審査委員会）", "Every account, for the committee";
    exposure_user: "利用者", "User";
    exposure_institution: "機関", "Institution";
    exposure_whole: "（機関全体）", "(the whole institution)";
    exposure_regime: "区分", "Regime";
    exposure_spent: "使った分", "Spent";
    exposure_left: "残り", "Left";
    exposure_power: "攻撃の検出力（誤検出 5 %）", "Power of an attack at 5 % false positives";
    exposure_sites: "示した部位", "Sites shown";
    exposure_limit: "上限", "Limit";
    exposure_remains: "残りの意味", "What remains";
    exposure_estimate: "推定 {power}", "estimated {power}";
    exposure_bound: "{power} 以下（使い切っても {most} 以下）", "at most {power} (at most {most} when all is spent)";
    regime_guarded: "登録のみ（契約なし）", "registered, no contract";
    regime_agreed: "契約あり", "under a contract";
    regime_none: "対象外", "none";
    no_limit: "なし", "none";
    exposure_source: "根拠", "Source";

    datasets_title: "データの一覧", "Datasets";
    datasets_lead: "どの機関のデータが、どのリリースに、どのような条件で含まれているかを示します。人数には表示の規則が適用されます。",
        "Whose data are in which release, and under which terms. People pass the same rules of disclosure as every count.";
    datasets_contributors: "提供機関", "Contributors";
    datasets_people: "人数（最新のリリース）", "People, newest release";
    datasets_share: "含まれるリリース", "In releases";
    datasets_windows: "先行利用の期間", "Head starts";
    datasets_windows_none: "先行利用の期間にあるデータはありません。", "No dataset is in a restricted period.";
    datasets_dataset: "データ", "Dataset";
    datasets_for: "先行利用する機関", "Used first by";
    datasets_from: "開始", "From";
    datasets_until: "終了日", "Ends";
    datasets_left: "残り", "Left";
    days_left: "{days} 日", "{days} days";
    window_over: "終了", "over";
    bibtex: "BibTeX", "BibTeX";
    downloads_title: "ダウンロード", "Downloads";
    downloads_lead: "リリースの頻度を、ファイルとして取得できます。ページや API と同じ数値で、同じ規則で非表示になります。ログインと、利用目的に応じた許可が必要です。",
        "The frequencies of a release as files: the same numbers as on pages and in the API, hidden by the same rules. Signing in and the right for the purpose are needed.";
    downloads_file: "ファイル", "File";
    downloads_what: "内容", "Content";
    file_vcf: "全サイトの頻度（VCF 4.3、bgzip 圧縮）", "Frequencies of every site (VCF 4.3, bgzip)";
    file_tabix: "その索引（tabix）", "Its index (tabix)";
    file_parquet: "同じ表（Apache Parquet）", "The same as a table (Apache Parquet)";
    datasets_tier: "利用の詳しさ", "Tier";
    datasets_terms: "契約上の条件（DUO）", "Terms (DUO)";
    datasets_restricted: "制限期間の終わり", "Restricted until";
    datasets_releases: "リリースごとの人数", "People by release";
    tier_overview: "概要・簡易集計", "overview";
    tier_detailed: "詳細解析", "detailed";
    tier_public: "公開", "public";
    terms_none: "個別の条件なし（参加者の同意の範囲）", "none of its own: what participants consented to";
    downloads_terms: "利用条件：集計値であっても、個人の特定を試みてはいけません。引用にはリリース名とダイジェストを書いてください。",
        "Terms: nobody may try to identify a person, from aggregates either. Cite the release with its digest.";
}

/// The sentences of a language.
pub(crate) fn of(language: Language) -> &'static Words {
    match language {
        Language::Ja => &JA,
        Language::En => &EN,
    }
}

#[cfg(test)]
mod tests {
    use super::BOTH;

    #[test]
    fn every_text_is_there_in_both_languages() {
        assert!(BOTH.iter().all(|(_, ja, en)| !ja.is_empty() && !en.is_empty()));
    }
}
