//! The Beacon over HTTP against our own list of strict checks: what the specification, its known traps and the
//! faults of other implementations say that a Beacon must do. Every row is run; none is left out silently.
//!
//! Numbers of behaviours: 1 granularity, 2 security, 3 result sets, 4 pages, 5 queries, 6 names of parameters,
//! 7 filters, 8 privacy, 9 handovers, 10 errors, 11 test mode and schemas.

use crate::house::{House, Server};
use crate::http::{self, Reply};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const BASE: &str = "/api/beacon/v2";
const CHECKS_MIN: usize = 139;

/// id | behaviour | request | who | status | what holds. `{range}` and the like stand for parameters, `<<` for a
/// body; what holds is a pointer with `= value`, `present`, `absent` or `size N`, several joined by `;`.
const TABLE: &str = r#"
S01 | 2  | GET                          | nobody   | 200 | /response/id present; /response/apiVersion = "v2.2.0"
S02 | 2  | GET /                        | nobody   | 200 | /response/organization/name present
S03 | 2  | GET /info                    | nobody   | 200 | /response/environment = "dev"; /meta/beaconId present
S04 | 2  | GET /service-info            | nobody   | 200 | /type/artifact = "beacon"; /type/group = "org.ga4gh"; /id present
S05 | 2  | GET /configuration           | nobody   | 200 | /response/maturityAttributes/productionStatus = "DEV"
S06 | 2  | GET /configuration           | nobody   | 200 | /response/securityAttributes/defaultGranularity = "record"
S07 | 2  | GET /configuration           | nobody   | 200 | /response/securityAttributes/securityLevels = ["PUBLIC","CONTROLLED"]
S08 | 2  | GET /configuration           | nobody   | 200 | /response/entryTypes/genomicVariant/nonFilteredQueriesAllowed = false
S09 | 2  | GET /map                     | nobody   | 200 | /response/endpointSets/individual/endpoints/genomicVariant/url present
S10 | 2  | GET /map                     | nobody   | 200 | /response/endpointSets/genomicVariant/endpoints size 4
S11 | 2  | GET /map                     | nobody   | 200 | /response/endpointSets size 7
S12 | 2  | GET /entry_types             | nobody   | 200 | /response/entryTypes size 7; /response/entryTypes/run/defaultSchema/id present
S13 | 7  | GET /filtering_terms         | nobody   | 200 | /response/filteringTerms/0/scopes present; /response/resources/0/nameSpacePrefix present
S14 | 7  | GET /filtering_terms         | academic | 200 | /response/filteringTerms/2/label present
S15 | 11 | GET /info                    | nobody   | 200 | /meta/returnedSchemas size 7
G01 | 1  | GET /g_variants?{range}&requestedGranularity=boolean | academic | 200 | /meta/returnedGranularity = "boolean"; /responseSummary/exists = true; /responseSummary/numTotalResults absent; /response absent
G02 | 1  | GET /g_variants?{range}&requestedGranularity=count   | academic | 200 | /meta/returnedGranularity = "count"; /responseSummary/numTotalResults = {total}; /response absent
G03 | 1  | GET /g_variants?{range}&datasets=r1&requestedGranularity=record | academic | 200 | /meta/returnedGranularity = "record"; /response/resultSets/0/results present
G04 | 1  | GET /g_variants?{range}      | academic | 200 | /meta/receivedRequestSummary/requestedGranularity = "record"; /responseSummary/numTotalResults = {total}
G05 | 1  | GET /g_variants?{range}&requestedGranularity=boolean | academic | 200 | /meta/receivedRequestSummary/pagination/limit = 10; /meta/receivedRequestSummary/includeResultsetResponses = "HIT"; /meta/receivedRequestSummary/testMode = false
G06 | 1  | GET /individuals?requestedGranularity=record | academic | 200 | /meta/returnedGranularity = "count"; /meta/receivedRequestSummary/requestedGranularity = "record"; /response absent
G07 | 1  | GET /runs?requestedGranularity=count         | academic | 200 | /meta/returnedGranularity = "boolean"; /responseSummary/numTotalResults absent
G08 | 1  | GET /cohorts/r2/g_variants?{range}           | academic | 200 | /meta/returnedGranularity = "count"; /response absent; /responseSummary/numTotalResults = {total}
G09 | 1  | GET /cohorts/r1/g_variants?{range}           | academic | 200 | /meta/returnedGranularity = "record"
G10 | 1  | GET /g_variants?{range}&datasets=r1,r2       | academic | 200 | /meta/returnedGranularity = "count"; /response absent
G11 | 1  | GET /g_variants?{range}&requestedGranularity=aggregated | academic | 400 | /error/errorCode = 400
G12 | 1  | GET /datasets?requestedGranularity=boolean   | academic | 200 | /response absent; /responseSummary/numTotalResults absent
G13 | 1  | GET /cohorts?requestedGranularity=count      | academic | 200 | /response absent; /responseSummary/numTotalResults = 2
R01 | 3  | GET /g_variants?{range}&datasets=r1          | academic | 200 | /response/resultSets/0/id = "r1"; /response/resultSets/0/exists = true; /response/resultSets/0/setType = "cohort"
R02 | 3  | GET /g_variants?{nothing}&datasets=r1        | academic | 200 | /responseSummary/exists = false; /response/resultSets size 0
R03 | 3  | GET /g_variants?{nothing}&datasets=r1&includeResultsetResponses=ALL  | academic | 200 | /response/resultSets/0/exists = false; /response/resultSets/0/resultsCount = 0
R04 | 3  | GET /g_variants?{nothing}&datasets=r1&includeResultsetResponses=MISS | academic | 200 | /response/resultSets/0/exists = false
R05 | 3  | GET /g_variants?{range}&datasets=r1&includeResultsetResponses=MISS   | academic | 200 | /response/resultSets size 0; /responseSummary/exists = true
R06 | 3  | GET /g_variants?{range}&datasets=r1&includeResultsetResponses=NONE   | academic | 200 | /response/resultSets size 0; /responseSummary/numTotalResults = {total}
R07 | 3  | GET /g_variants?{range}&datasets=r1&includeResultsetResponses=ALL    | academic | 200 | /response/resultSets size 1
R08 | 3  | GET /g_variants?{range}&includeResultsetResponses=SOME | academic | 400 | /error/errorMessage present
P01 | 4  | GET /g_variants?{range}&cohorts=r1&limit=3        | academic | 200 | /response/resultSets/0/results size 3; /response/resultSets/0/resultsCount = {total}
P02 | 4  | GET /g_variants?{range}&cohorts=r1&limit=0        | academic | 200 | /response/resultSets/0/results size {total}
P03 | 4  | GET /g_variants?{range}&cohorts=r1&limit=3        | academic | 200 | /meta/receivedRequestSummary/pagination/nextPage present; /meta/receivedRequestSummary/pagination/previousPage absent
P04 | 4  | GET /g_variants?{range}&cohorts=r1&limit=0        | academic | 200 | /meta/receivedRequestSummary/pagination/nextPage absent
P05 | 4  | GET /g_variants?{range}&cohorts=r1&limit=3&skip=1 | academic | 200 | /meta/receivedRequestSummary/pagination/previousPage present; /meta/receivedRequestSummary/pagination/skip = 1
P06 | 4  | GET /g_variants?{range}&cohorts=r1&limit=3&skip=9999 | academic | 200 | /response/resultSets/0/results size 0; /responseSummary/numTotalResults = {total}
P07 | 4  | GET /g_variants?{range}&limit=-1                  | academic | 400 | /error/errorMessage present
P08 | 4  | GET /g_variants?{range}&cohorts=r1&nextPage=n.1.1.1.chr2-5-A-C.0 | academic | 400 | /error/errorMessage present
P09 | 4  | GET /g_variants?{range}&cohorts=r1&nextPage=a&previousPage=b     | academic | 400 | /error/errorMessage present
P10 | 4  | GET /cohorts?limit=1&skip=1                       | academic | 200 | /response/collections size 1; /responseSummary/numTotalResults = 2
Q01 | 5  | GET /g_variants?referenceName=chr2&start={s}&referenceBases={r}&alternateBases={a}&datasets=r1 | academic | 200 | /responseSummary/numTotalResults = 1; /response/resultSets/0/results/0/variantInternalId = "{snv}"
Q02 | 5  | GET /g_variants?referenceName=2&start={s}&alternateBases={a}&datasets=r1          | academic | 200 | /responseSummary/exists = true
Q03 | 5  | GET /g_variants?referenceName=NC_000002.12&start={s}&alternateBases={a}           | academic | 200 | /responseSummary/exists = true
Q04 | 5  | GET /g_variants?referenceName=refseq:NC_000002.12&start={s}&alternateBases={a}    | academic | 200 | /responseSummary/exists = true
Q05 | 5  | GET /g_variants?referenceName=SQ.pnAqCRBrTsUoBghSD1yp_jXWSmlbdh4g&start={s}&alternateBases={a} | academic | 200 | /responseSummary/exists = true
Q06 | 5  | GET /g_variants?referenceName=ga4gh:SQ.pnAqCRBrTsUoBghSD1yp_jXWSmlbdh4g&start={s}&alternateBases={a} | academic | 200 | /responseSummary/exists = true
Q07 | 5  | GET /g_variants?referenceName=chr2&start={s}&alternateBases={a}&assemblyId=hg38          | academic | 200 | /responseSummary/exists = true
Q08 | 5  | GET /g_variants?referenceName=chr2&start={s}&alternateBases={a}&assemblyId=GCF_000001405.39 | academic | 200 | /responseSummary/exists = true
Q09 | 5  | GET /g_variants?referenceName=chr2&start={s}&alternateBases={a}&assemblyId=GRCh38.p13    | academic | 200 | /responseSummary/exists = true
Q10 | 5  | GET /g_variants?referenceName=chr2&start={s}&alternateBases={a}&assemblyId=GRCh37        | academic | 400 | /error/errorMessage present
Q11 | 5  | GET /g_variants?referenceName=chr2&start={s}&alternateBases={a}&assemblyId=whatever      | academic | 400 | /error/errorMessage present
Q12 | 5  | GET /g_variants?referenceName=NC_000002.11&start={s}&alternateBases={a}                  | academic | 400 | /error/errorMessage present
Q13 | 5  | GET /g_variants?referenceName=chr99&start={s}&alternateBases={a}                         | academic | 400 | /error/errorMessage present
Q14 | 5  | GET /g_variants?referenceName=chr2&start={s}&end={e}&datasets=r1    | academic | 200 | /response/resultSets/0/results/0/variantInternalId present
Q15 | 5  | GET /g_variants?referenceName=chr2&start={before}&end={s}&datasets=r1&includeResultsetResponses=ALL | academic | 200 | /response/resultSets/0/info/matchingVariantsNobodyCarries = 0; /responseSummary/exists = false
Q16 | 5  | GET /g_variants?referenceName=chr2&start={s},{e}&end={e},{e2}&datasets=r1 | academic | 200 | /responseSummary/exists = true
Q17 | 5  | GET /g_variants?referenceName=chr2&start={s},{e}&end={e2},{e3}&datasets=r1&variantType=SNP | academic | 200 | /responseSummary/exists = false
Q18 | 5  | GET /g_variants?referenceName=chr2&start={s},{e}&end={e}            | academic | 400 | /error/errorMessage present
Q19 | 5  | GET /g_variants?{range}&variantType=INS&datasets=r1&limit=0         | academic | 200 | /responseSummary/numTotalResults = {insertions}
Q20 | 5  | GET /g_variants?{range}&variantType=SO:0000667&datasets=r1          | academic | 200 | /responseSummary/numTotalResults = {insertions}
Q21 | 5  | GET /g_variants?{range}&variantType=DEL&datasets=r1                 | academic | 200 | /responseSummary/exists = false
Q22 | 5  | GET /g_variants?{range}&variantType=DUP                             | academic | 400 | /error/errorMessage present
Q23 | 5  | GET /g_variants?{range}&variantType=EFO:0030070                     | academic | 400 | /error/errorMessage present
Q24 | 5  | GET /g_variants?geneId=CYP2D6                                       | academic | 400 | /error/errorMessage present
Q25 | 5  | GET /g_variants?geneId=CYP2D6&aminoacidChange=V600                  | academic | 400 | /error/errorMessage present
Q26 | 5  | GET /g_variants?aminoacidChange=V600E                               | academic | 400 | /error/errorMessage present
Q27 | 5  | GET /g_variants?genomicAlleleShortForm={snv}&datasets=r1            | academic | 200 | /response/resultSets/0/results/0/variantInternalId = "{snv}"
Q28 | 5  | GET /g_variants/{snv}?cohorts=r1                                    | academic | 200 | /response/resultSets/0/results/0/variantInternalId = "{snv}"
Q29 | 5  | GET /g_variants/{snv}/individuals?cohorts=r1                        | academic | 200 | /meta/returnedGranularity present; /response absent
Q30 | 5  | GET /g_variants/{vrs}?cohorts=r1                                    | academic | 400 | /error/errorMessage present
Q31 | 5  | GET /g_variants/{vrs}?cohorts=r1&referenceName=chr2&start={s}       | academic | 200 | /response/resultSets/0/results/0/variantInternalId = "{snv}"
Q32 | 5  | GET /g_variants/{vrs}?cohorts=r1&referenceName=chr2&start={before}  | academic | 200 | /responseSummary/exists = false
Q33 | 5  | GET /g_variants/rs00000000?cohorts=r1                               | academic | 400 | /error/errorMessage present
Q34 | 5  | GET /g_variants?{range}&variantMinLength=2&datasets=r1              | academic | 200 | /responseSummary/exists = false
Q35 | 5  | GET /g_variants?{range}&variantMaxLength=1&datasets=r1              | academic | 200 | /responseSummary/numTotalResults = {total}
Q36 | 5  | GET /g_variants?referenceName=chr2&start={s}                        | academic | 400 | /error/errorMessage present
Q37 | 5  | GET /g_variants?referenceName=chr2&start=9&end=5                    | academic | 400 | /error/errorMessage present
Q38 | 5  | GET /g_variants?referenceName=chr2&start=x&end=5                    | academic | 400 | /error/errorMessage present
Q39 | 5  | GET /g_variants?mateName=chr3&{range}                               | academic | 400 | /error/errorMessage present
Q40 | 5  | GET /g_variants                                                     | academic | 400 | /error/errorMessage present
Q41 | 5  | GET /g_variants?variantType=SNP                                     | academic | 400 | /error/errorMessage present
Q42 | 5  | GET /g_variants?referenceName=chr2&start={s}&referenceBases=N&alternateBases={a}&datasets=r1 | academic | 200 | /responseSummary/exists = true
N01 | 6  | GET /g_variants?geneid=CYP2D6                                       | academic | 400 | /error/errorMessage present
N02 | 6  | GET /g_variants?allele={snv}&datasets=r1                            | academic | 200 | /responseSummary/exists = true
N03 | 6  | GET /g_variants?{range}&variantTipe=SNP                             | academic | 400 | /error/errorMessage present
N04 | 6  | GET /g_variants?{range}&start=5                                     | academic | 400 | /error/errorMessage present
N05 | 6  | POST /g_variants << {"meta":{"apiVersion":"v2.2.0"},"query":{"requestParameters":{"g_variant":{"referenceName":"chr2","start":[{s}],"end":[{e}]}},"requestedGranularity":"count"}} | academic | 200 | /responseSummary/exists = true; /meta/returnedGranularity = "count"
N06 | 6  | POST /g_variants << {"meta":{"apiVersion":"v2.2.0"},"query":{"requestParameters":{"referenceName":"chr2","start":{s},"alternateBases":"{a}"},"pagination":{"limit":1}}} | academic | 200 | /responseSummary/exists = true; /meta/receivedRequestSummary/pagination/limit = 1
N07 | 6  | POST /g_variants/{snv} << {"meta":{"apiVersion":"v2.2.0"}}          | academic | 200 | /responseSummary/exists = true
N08 | 6  | GET /g_variants?{range}&datasetIds=r1                               | academic | 200 | /response/resultSets/0/id = "r1"
F01 | 7  | GET /g_variants?{range}&datasets=r1&filters=variantType=INS         | academic | 200 | /responseSummary/numTotalResults = {insertions}; /meta/receivedRequestSummary/filters = ["variantType=INS"]
F02 | 7  | GET /g_variants?{range}&datasets=r1&filters=variantType!INS         | academic | 200 | /responseSummary/numTotalResults = {others}
F03 | 7  | GET /g_variants?{range}&datasets=r1&filters=alleleFrequency>={half} | academic | 200 | /responseSummary/numTotalResults = {common}
F04 | 7  | GET /g_variants?{range}&datasets=r1&filters=alleleFrequency<{half}  | academic | 200 | /responseSummary/numTotalResults = {rarer}
F05 | 7  | GET /g_variants?{range}&datasets=r1&filters=NCIT:C16576             | academic | 200 | /response/resultSets/0/info/countedPeople/group = "female"
F06 | 7  | GET /g_variants?{range}&datasets=r1&filters=sex=female,stratum=stratum1 | academic | 400 | /error/errorMessage present
F07 | 7  | GET /g_variants?{range}&filters=NCIT:C999999                        | academic | 400 | /error/errorMessage present
F08 | 7  | GET /g_variants?{range}&filters=SO:0001583                          | academic | 400 | /error/errorMessage present
F09 | 7  | GET /g_variants?{range}&filters=height>5                            | academic | 400 | /error/errorMessage present
F10 | 7  | GET /individuals?filters=HP:0000001                                 | academic | 200 | /responseSummary/numTotalResults = 30; /responseSummary/countPrecision = "rounded"; /responseSummary/countAdjustedTo = [10]
F11 | 7  | GET /individuals?filters=HP:0000002                                 | academic | 200 | /responseSummary/numTotalResults = 30
F12 | 7  | POST /individuals << {"meta":{},"query":{"filters":[{"id":"HP:0000001","includeDescendantTerms":false}]}} | academic | 200 | /responseSummary/exists = false; /meta/returnedGranularity = "boolean"
F13 | 7  | POST /individuals << {"meta":{},"query":{"filters":[{"id":"HP:0000002","scope":"individuals","similarity":"medium"}]}} | academic | 200 | /responseSummary/numTotalResults = 30
F14 | 7  | GET /individuals?filters=HP:9999999                                 | academic | 400 | /error/errorMessage present
F15 | 7  | GET /individuals?filters=XX:1                                       | academic | 400 | /error/errorMessage present
F16 | 7  | GET /individuals?filters=sex=male                                   | academic | 200 | /responseSummary/numTotalResults = 30
F17 | 7  | GET /individuals?filters=sex!male                                   | academic | 400 | /error/errorMessage present
F18 | 7  | GET /individuals?filters=alleleFrequency<0.5                        | academic | 400 | /error/errorMessage present
F19 | 7  | POST /individuals << {"meta":{},"query":{"filters":[{"id":"SO:0001583","scope":"individual"}]}} | academic | 400 | /error/errorMessage present
F20 | 7  | POST /individuals << {"meta":{},"query":{"filters":[{"id":"HP:0000001","includeDescendentTerms":true}]}} | academic | 400 | /error/errorMessage present
F21 | 7  | POST /individuals << {"meta":{},"query":{"requestParameters":{"g_variant":{"referenceName":"chr2","start":[{s}],"referenceBases":"{r}","alternateBases":"{a}"}},"filters":[{"id":"HP:0000001"},{"id":"NCIT:C20197"}]}} | academic | 200 | /responseSummary/exists present; /meta/receivedRequestSummary/filters = ["HP:0000001","NCIT:C20197"]
F22 | 7  | GET /individuals?{range}                                            | academic | 400 | /error/errorMessage present
F23 | 7  | GET /datasets?filters=DUO:0000042                                   | academic | 200 | /response/collections size 0
F24 | 7  | GET /datasets?filters=contributor=centre                            | academic | 200 | /response/collections/0/id = "centre-1"
F25 | 7  | GET /datasets?filters=contributor!centre                            | academic | 200 | /response/collections size 0
F26 | 7  | GET /datasets?filters=sex=male                                      | academic | 400 | /error/errorMessage present
F27 | 7  | GET /cohorts?filters=sex=male                                       | academic | 400 | /error/errorMessage present
F28 | 7  | GET /individuals/filtering_terms                                    | academic | 200 | /response/filteringTerms present
F29 | 7  | GET /datasets/centre-1/filtering_terms                              | academic | 200 | /response/filteringTerms present
F30 | 7  | GET /individuals?filters=zygosity=hom                               | academic | 400 | /error/errorMessage present
V01 | 8  | GET /individuals                                                    | academic | 200 | /responseSummary/numTotalResults = 60
V02 | 8  | GET /biosamples                                                     | academic | 200 | /responseSummary/numTotalResults = 60
V03 | 8  | GET /analyses                                                       | academic | 200 | /responseSummary/numTotalResults = 60
V04 | 8  | GET /individuals/P1                                                 | academic | 403 | /info/refused/0/code = "person-not-shown"; /responseSummary absent
V05 | 8  | GET /individuals/nobody-of-this-name                                | academic | 403 | /info/refused/0/code = "person-not-shown"; /responseSummary absent
V06 | 8  | GET /biosamples/S1/g_variants                                       | academic | 403 | /info/refused/0/code = "person-not-shown"
V07 | 8  | GET /individuals?filters=stratum=stratum1                           | academic | 200 | /responseSummary/numTotalResults absent; /meta/returnedGranularity = "boolean"; /responseSummary/countPrecision = "imprecise"
V08 | 8  | GET /individuals?filters=stratum=nosuch                             | academic | 200 | /responseSummary/exists = false; /responseSummary/countPrecision = "imprecise"
V09 | 8  | GET /g_variants?{range}                                             | nobody   | 401 | /error/errorCode = 401
V10 | 8  | GET /g_variants?{range}                                             | unpaid   | 403 | /info/refused/0/code present; /responseSummary absent
V11 | 8  | GET /datasets/centre-1                                              | nobody   | 401 | /error/errorCode = 401
V12 | 8  | GET /individuals/P1                                                 | nobody   | 401 | /error/errorCode = 401
V13 | 8  | GET /datasets/centre-1/individuals                                  | academic | 200 | /responseSummary/numTotalResults = 60
V14 | 8  | GET /datasets/centre-1/g_variants?{range}                           | academic | 200 | /responseSummary/numTotalResults = {total}
H01 | 9  | GET /g_variants?{range}&datasets=r1                                 | academic | 200 | /response/resultSets/0/resultsHandovers/0/url present; /response/resultSets/0/resultsHandovers/1/handoverType/id = "EDAM:3016"
H02 | 9  | GET /g_variants?{range}&datasets=r1&requestedGranularity=count      | academic | 200 | /beaconHandovers absent; /response absent
H03 | 9  | GET /g_variants?{nothing}&datasets=r1&includeResultsetResponses=ALL | academic | 200 | /response/resultSets/0/resultsHandovers absent
E01 | 10 | GET /persons                                                        | academic | 404 | /error/errorCode = 404; /meta/beaconId present
E02 | 10 | GET /g_variants/x/persons                                           | academic | 404 | /error/errorCode = 404
E03 | 10 | PUT /g_variants                                                     | academic | 405 | /error/errorCode = 405
E04 | 10 | POST /g_variants << {                                               | academic | 400 | /error/errorCode = 400
E05 | 10 | POST /g_variants << []                                              | academic | 400 | /error/errorCode = 400
E06 | 10 | POST /info << {}                                                    | academic | 405 | /error/errorCode = 405
E07 | 10 | GET /cohorts/r7                                                     | academic | 404 | /error/errorCode = 404
E08 | 10 | GET /datasets/none                                                  | academic | 404 | /error/errorCode = 404
E09 | 10 | GET /datasets/none/g_variants?{range}                               | academic | 404 | /error/errorCode = 404
E10 | 10 | GET /g_variants?{range}&datasets=r7                                 | academic | 404 | /error/errorCode = 404
E11 | 10 | GET /g_variants?{range}&filters=zz                                  | academic | 400 | /error/errorMessage present; /meta/receivedRequestSummary/requestedGranularity present
T01 | 11 | GET /g_variants?{range}&testMode=true                               | academic | 200 | /meta/testMode = true; /responseSummary/exists = false; /meta/receivedRequestSummary/testMode = true
T02 | 11 | GET /individuals?testMode=true                                      | academic | 200 | /meta/testMode = true; /responseSummary/numTotalResults = 0
T03 | 11 | GET /g_variants?{range}&testMode=perhaps                            | academic | 400 | /error/errorMessage present
T04 | 11 | GET /individuals                                                    | academic | 200 | /meta/returnedSchemas/0/entityType = "individual"; /meta/returnedSchemas/0/schema = "ga4gh-beacon-individual-v2.0.0"
T05 | 11 | GET /g_variants/{snv}/runs?cohorts=r1                               | academic | 200 | /meta/returnedSchemas/0/entityType = "run"
T06 | 11 | GET /g_variants/{snv}?cohorts=r1                                    | academic | 200 | /response/resultSets/0/results/0/variation/location/interval/start/value = {s}; /response/resultSets/0/results/0/variation/alternateBases = "{a}"
T07 | 11 | GET /g_variants/{snv}?cohorts=r1                                    | academic | 200 | /response/resultSets/0/results/0/identifiers/variantAlternativeIds/1/id = "{vrs}"
"#;

/// A house with a release of sixty people, phenotypes of half of them, a dataset, and ceilings.
fn ready() -> House {
    let house = crate::strangers::ready();
    let programme =
        house.ok(&["programme", "export"], &[]) + "\n" + &crate::rights::dataset("centre", "overview");
    let file = house.beside("programme.toml");
    fs::write(&file, programme).unwrap();
    house.ok(&["programme", "apply"], &[&file]);
    let vocabulary = house.beside("hp.obo");
    let obo = "format-version: 1.2\ndata-version: hp/releases/2026-01-01\n\n[Term]\nid: HP:0000001\nname: all\n\n\
        [Term]\nid: HP:0000002\nname: some\nis_a: HP:0000001\n";
    fs::write(&vocabulary, obo).unwrap();
    house.ok(&["ontology", "load", "HP"], &[&vocabulary]);
    let rows: String = (0..30).map(|p| format!("P{p}\tHP:0000002\tobserved\t\n")).collect();
    let table = house.beside("terms.tsv");
    fs::write(&table, format!("participant\tterm\tstatus\tonset\n{rows}")).unwrap();
    house.ok(&["import-phenotypes", "--institution", "centre"], &[&table]);
    house.ok(&["freeze", "r2"], &[]);
    fs::write(
        house.dir().join("gj.toml"),
        "[beacon]\norigins = [\"https://network.example\"]\n\
         [[beacon.ceilings]]\nuser = \"academic\"\ndataset = \"r2\"\nentry_type = \"genomicVariant\"\ngranularity = \"count\"\n\
         [[beacon.ceilings]]\nentry_type = \"run\"\ngranularity = \"boolean\"\n",
    )
    .unwrap();
    house
}

/// What the placeholders of the table stand for, from the frequency answer, which other stories compare with
/// bcftools.
struct Known(Vec<(&'static str, String)>);

fn frequency(site: &Value) -> Option<f64> {
    let all = &site["groups"]["all"];
    Some(all["ac"].as_f64()? / all["an"].as_f64()?)
}

fn known(server: &Server, token: &str) -> Known {
    let path = "/api/frequency?freeze=r1&region=chr2";
    let answer = http::get(&server.address, path, Some(token)).json();
    let sites: Vec<&Value> =
        answer["sites"].as_array().unwrap().iter().filter(|site| site["groups"]["all"]["ac"] != 0).collect();
    let text = |site: &Value, key: &str| site[key].as_str().unwrap().to_owned();
    let is_insertion = |site: &&&Value| text(site, "alt").len() > 1;
    let alone = |site: &&&Value| {
        let near =
            |other: &&Value| (other["pos"].as_u64().unwrap()).abs_diff(site["pos"].as_u64().unwrap()) < 4;
        sites.iter().filter(|other| near(other)).count() == 1
    };
    let snv = sites
        .iter()
        .find(|site| !is_insertion(site) && alone(site) && frequency(site).is_some())
        .expect("a substitution alone at its place, with a frequency");
    let start = snv["pos"].as_u64().unwrap() - 1;
    let name = format!("chr2-{}-{}-{}", start + 1, text(snv, "ref"), text(snv, "alt"));
    let insertions = sites.iter().filter(|site| is_insertion(&site)).count();
    let half = frequency(snv).unwrap();
    let common = sites.iter().filter(|site| frequency(site).is_some_and(|f| f >= half)).count();
    let rarer = sites.iter().filter(|site| frequency(site).is_some_and(|f| f < half)).count();
    assert!(insertions > 2 && insertions < sites.len() && common > 0 && rarer > 0);
    let record = format!("{BASE}/g_variants/{name}?cohorts=r1");
    let record = http::get(&server.address, &record, Some(token)).json();
    let ids = &record["response"]["resultSets"][0]["results"][0]["identifiers"]["variantAlternativeIds"];
    let vrs = ids[1]["id"].as_str().unwrap_or_else(|| panic!("{record}")).to_owned();
    Known(vec![
        ("{range}", "referenceName=chr2&start=2999999&end=4000000".into()),
        ("{nothing}", "referenceName=chr2&start=100&end=200".into()),
        ("{total}", sites.len().to_string()),
        ("{insertions}", insertions.to_string()),
        ("{others}", (sites.len() - insertions).to_string()),
        ("{half}", half.to_string()),
        ("{common}", common.to_string()),
        ("{rarer}", rarer.to_string()),
        ("{snv}", name),
        ("{vrs}", vrs),
        ("{before}", (start - 1).to_string()),
        ("{s}", start.to_string()),
        ("{e2}", (start + 2).to_string()),
        ("{e3}", (start + 3).to_string()),
        ("{e}", (start + 1).to_string()),
        ("{r}", text(snv, "ref")),
        ("{a}", text(snv, "alt")),
    ])
}

impl Known {
    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

/// What does not hold of a reply, of a row's expectations.
fn unmet(reply: &Reply, expected: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(&reply.body).unwrap_or(Value::Null);
    let mut unmet = Vec::new();
    for condition in expected.split("; ") {
        let (pointer, rest) = condition.trim().split_once(' ').unwrap_or_else(|| panic!("{condition}"));
        let found = body.pointer(pointer);
        let holds = match rest.split_once(' ').unwrap_or((rest, "")) {
            ("present", "") => found.is_some_and(|value| !value.is_null()),
            ("absent", "") => found.is_none(),
            ("size", number) => {
                let size = found.and_then(|v| v.as_array().map(Vec::len).or(v.as_object().map(|o| o.len())));
                size == Some(number.parse().unwrap())
            }
            ("=", value) => found == Some(&serde_json::from_str(value).unwrap()),
            other => panic!("{other:?}"),
        };
        if !holds {
            unmet.push(format!("{condition}, found {found:?}"));
        }
    }
    unmet
}

#[test]
fn the_strict_checks_hold_without_exception() {
    let house = ready();
    let server = house.serve();
    let (academic, unpaid) = (house.token("academic"), house.token("company-unpaid"));
    let known = known(&server, &academic);
    let (mut ids, mut behaviours, mut failures) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut run = 0;
    for row in TABLE.lines().filter(|row| !row.is_empty()) {
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let [id, behaviour, request, who, status, expected] = cells[..] else { panic!("{row}") };
        assert!(ids.insert(id), "{id} stands twice");
        behaviours.insert(behaviour.parse::<u8>().unwrap());
        let (line, body) = match request.split_once(" << ") {
            Some((line, body)) => (line, Some(known.fill(body))),
            None => (request, None),
        };
        let (verb, path) = line.split_once(' ').unwrap_or((line, ""));
        let token = match who {
            "academic" => Some(academic.as_str()),
            "unpaid" => Some(unpaid.as_str()),
            "nobody" => None,
            other => panic!("{other}"),
        };
        let path = format!("{BASE}{}", known.fill(path)).replace('>', "%3E").replace('<', "%3C");
        let reply = http::request(&server.address, verb, &path, token, body.as_deref());
        run += 1;
        let mut wrong = unmet(&reply, &known.fill(expected));
        if reply.status.to_string() != status {
            wrong.push(format!("status {}", reply.status));
        }
        if reply.header("x-request-id").is_none() || reply.header("cache-control").is_none() {
            wrong.push("no request id".to_owned());
        }
        if !wrong.is_empty() {
            let body: String = reply.body.chars().take(600).collect();
            failures.push(format!("{id} {request}: {}\n    {body}", wrong.join("; ")));
        }
    }
    assert!(failures.is_empty(), "{} of {run}:\n{}", failures.len(), failures.join("\n"));
    assert_eq!((run, behaviours), (ids.len(), (1..=11).collect()));
    assert!(run >= CHECKS_MIN, "{run} checks");
}

#[test]
fn pages_by_token_are_the_pages_by_number_both_ways() {
    let house = ready();
    let server = house.serve();
    let token = house.token("academic");
    let page = |more: &str| {
        let path = format!(
            "{BASE}/g_variants?referenceName=chr2&start=2999999&end=4000000&cohorts=r1&limit=4{more}"
        );
        let reply = http::get(&server.address, &path, Some(&token));
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    };
    let ids = |page: &Value| -> Vec<String> {
        let results = page["response"]["resultSets"][0]["results"].as_array().unwrap();
        results.iter().map(|one| one["variantInternalId"].as_str().unwrap().to_owned()).collect()
    };
    let pagination = |page: &Value| page["meta"]["receivedRequestSummary"]["pagination"].clone();
    let mut pages = vec![page("")];
    while let Some(next) = pagination(pages.last().unwrap())["nextPage"].as_str() {
        pages.push(page(&format!("&nextPage={next}")));
    }
    let total = pages[0]["responseSummary"]["numTotalResults"].as_u64().unwrap() as usize;
    assert_eq!(pages.len(), total.div_ceil(4));
    assert!(pages.len() > 3, "{total}");
    for (number, found) in pages.iter().enumerate() {
        assert_eq!(ids(found), ids(&page(&format!("&skip={number}"))));
        assert_eq!(pagination(found)["skip"], number);
        assert_eq!(found["responseSummary"]["numTotalResults"], total);
    }
    let mut back = pages.last().unwrap().clone();
    for number in (0..pages.len() - 1).rev() {
        let previous = pagination(&back)["previousPage"].as_str().unwrap().to_owned();
        back = page(&format!("&previousPage={previous}"));
        assert_eq!((ids(&back), &pagination(&back)["skip"]), (ids(&pages[number]), &Value::from(number)));
    }
    // A deep page looks from its edge on, not from the beginning: what the log says was looked at is shorter.
    let log = house.ok(&["audit", "export"], &[]);
    let places: Vec<String> = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["act"] == "frequency.read")
        .map(|line| line["detail"]["place"].as_str().unwrap_or_default().to_owned())
        .collect();
    let whole = "chr2:2990000-4000000";
    assert!(places.iter().any(|place| place == whole), "{places:?}");
    assert!(places.iter().any(|place| place.starts_with("chr2:3") && place != whole), "{places:?}");
    // A token is of its question, and of its user.
    let next = pagination(&pages[0])["nextPage"].as_str().unwrap().to_owned();
    let status = |token: &str, query: &str| {
        http::get(&server.address, &format!("{BASE}/g_variants?{query}&nextPage={next}"), Some(token)).status
    };
    let same = "referenceName=chr2&start=2999999&end=4000000&cohorts=r1&limit=4";
    assert_eq!(status(&token, same), 200);
    assert_eq!(status(&token, &same.replace("4000000", "3900000")), 400);
    assert_eq!(status(&token, &same.replace("limit=4", "limit=5")), 400);
}

#[test]
fn a_person_who_is_there_and_one_who_is_not_are_told_the_same() {
    let house = ready();
    let server = house.serve();
    let token = house.token("academic");
    let mut told = BTreeSet::new();
    for (path, there, not) in [
        ("individuals", "P1", "P999"),
        ("biosamples", "S1", "S999"),
        ("runs", "S1", "S999"),
        ("analyses", "S1", "S999"),
    ] {
        let body = |id: &str| {
            let reply = http::get(&server.address, &format!("{BASE}/{path}/{id}"), Some(&token));
            assert_eq!(reply.status, 403);
            assert!(!reply.body.contains(id), "{}", reply.body);
            let mut body = reply.json();
            body["meta"]["returnedSchemas"] = Value::Null;
            body.to_string()
        };
        assert_eq!(body(there), body(not));
        told.insert(body(there));
    }
    assert_eq!(told.len(), 1);
    let log = house.ok(&["audit", "export"], &[]);
    assert!(log.contains("person-not-shown") && !log.contains("P999") && !log.contains("S999"));
}

#[test]
fn other_sites_read_answers_only_where_they_are_listed() {
    let house = ready();
    let server = house.serve();
    let path = format!("{BASE}/info");
    let preflight = |origin: &str| {
        let headers = format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n");
        http::send(&server.address, "OPTIONS", &format!("{BASE}/g_variants"), &headers, "")
    };
    let listed = preflight("https://network.example");
    assert_eq!(listed.status, 204);
    assert_eq!(listed.header("access-control-allow-origin").as_deref(), Some("https://network.example"));
    assert!(listed.header("access-control-allow-headers").unwrap().contains("authorization"));
    assert!(listed.header("access-control-allow-credentials").is_none());
    assert!(preflight("https://elsewhere.example").header("access-control-allow-origin").is_none());
    let read = |origin: &str| http::send(&server.address, "GET", &path, &format!("Origin: {origin}\r\n"), "");
    let listed = read("https://network.example");
    assert_eq!(listed.header("access-control-allow-origin").as_deref(), Some("https://network.example"));
    assert_eq!(listed.header("vary").as_deref(), Some("Origin"));
    assert!(read("https://network.example.evil").header("access-control-allow-origin").is_none());
    // Nothing else of this server is for other sites.
    let api = http::send(&server.address, "GET", "/api/overview", "Origin: https://network.example\r\n", "");
    assert!(api.header("access-control-allow-origin").is_none());
    // A question of another media type is not guessed at.
    let token = house.token("academic");
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n");
    let reply = http::send(&server.address, "POST", &format!("{BASE}/g_variants"), &headers, "{}");
    assert_eq!((reply.status, reply.json()["error"]["errorCode"].as_u64()), (415, Some(415)));
}

#[test]
fn every_address_is_served_by_both_methods() {
    let house = ready();
    let server = house.serve();
    let token = house.token("academic");
    let document = http::get(&server.address, "/api/openapi.json", None).json();
    let paths: Vec<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let mut served = 0;
    for path in
        paths.iter().filter(|path| path.starts_with(BASE) && document["paths"][*path]["post"].is_object())
    {
        let id = match path {
            path if path.contains("/datasets/") => "centre-1",
            path if path.contains("/cohorts/") => "r1",
            _ => "chr2-3000001-A-C",
        };
        let personal = ["individuals", "biosamples", "runs", "analyses"]
            .iter()
            .any(|entry| path.starts_with(&format!("{BASE}/{entry}/{{")));
        let asks = path.ends_with("/g_variants") && !personal;
        let query = if asks { "?referenceName=chr2&start=2999999&end=4000000" } else { "" };
        let body = match asks {
            true => {
                r#"{"meta":{},"query":{"requestParameters":{"g_variant":{"referenceName":"chr2","start":2999999,"end":4000000}}}}"#
            }
            false => r#"{"meta":{"apiVersion":"v2.2.0"}}"#,
        };
        let path = path.replace("{id}", id);
        let get = http::get(&server.address, &format!("{path}{query}"), Some(&token));
        let post = http::request(&server.address, "POST", &path, Some(&token), Some(body));
        let expected = if personal { 403 } else { 200 };
        assert_eq!((get.status, post.status), (expected, expected), "{path}: {} {}", get.body, post.body);
        assert_eq!(get.json()["meta"]["beaconId"], "genomics-japan.beacon");
        served += 1;
    }
    assert_eq!(served, 42);
}
