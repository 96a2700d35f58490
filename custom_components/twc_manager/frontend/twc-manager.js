/* TWC Manager: made from frontend/ by npm run build. Contains Lit, (c) Google LLC, BSD-3-Clause. */
var te=globalThis,ne=te.ShadowRoot&&(te.ShadyCSS===void 0||te.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Re=Symbol(),it=new WeakMap,G=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==Re)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(ne&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=it.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&it.set(t,e))}return e}toString(){return this.cssText}},st=n=>new G(typeof n=="string"?n:n+"",void 0,Re),k=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((r,i,s)=>r+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(i)+n[s+1],n[0]);return new G(t,n,Re)},ot=(n,e)=>{if(ne)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),i=te.litNonce;i!==void 0&&r.setAttribute("nonce",i),r.textContent=t.cssText,n.appendChild(r)}},Le=ne?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return st(t)})(n):n;var{is:bn,defineProperty:_n,getOwnPropertyDescriptor:xn,getOwnPropertyNames:wn,getOwnPropertySymbols:$n,getPrototypeOf:Cn}=Object,re=globalThis,at=re.trustedTypes,Tn=at?at.emptyScript:"",En=re.reactiveElementPolyfillSupport,V=(n,e)=>n,He={toAttribute(n,e){switch(e){case Boolean:n=n?Tn:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},ct=(n,e)=>!bn(n,e),lt={attribute:!0,type:String,converter:He,reflect:!1,useDefault:!1,hasChanged:ct};Symbol.metadata??=Symbol("metadata"),re.litPropertyMetadata??=new WeakMap;var C=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=lt){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),i=this.getPropertyDescriptor(e,r,t);i!==void 0&&_n(this.prototype,e,i)}}static getPropertyDescriptor(e,t,r){let{get:i,set:s}=xn(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:i,set(o){let a=i?.call(this);s?.call(this,o),this.requestUpdate(e,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??lt}static _$Ei(){if(this.hasOwnProperty(V("elementProperties")))return;let e=Cn(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(V("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(V("properties"))){let t=this.properties,r=[...wn(t),...$n(t)];for(let i of r)this.createProperty(i,t[i])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,i]of t)this.elementProperties.set(r,i)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let i=this._$Eu(t,r);i!==void 0&&this._$Eh.set(i,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let i of r)t.unshift(Le(i))}else e!==void 0&&t.push(Le(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ot(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),i=this.constructor._$Eu(e,r);if(i!==void 0&&r.reflect===!0){let s=(r.converter?.toAttribute!==void 0?r.converter:He).toAttribute(t,r.type);this._$Em=e,s==null?this.removeAttribute(i):this.setAttribute(i,s),this._$Em=null}}_$AK(e,t){let r=this.constructor,i=r._$Eh.get(e);if(i!==void 0&&this._$Em!==i){let s=r.getPropertyOptions(i),o=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:He;this._$Em=i;let a=o.fromAttribute(t,s.type);this[i]=a??this._$Ej?.get(i)??a,this._$Em=null}}requestUpdate(e,t,r,i=!1,s){if(e!==void 0){let o=this.constructor;if(i===!1&&(s=this[e]),r??=o.getPropertyOptions(e),!((r.hasChanged??ct)(s,t)||r.useDefault&&r.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:i,wrapped:s},o){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),s!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),i===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,s]of this._$Ep)this[i]=s;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[i,s]of r){let{wrapped:o}=s,a=this[i];o!==!0||this._$AL.has(i)||a===void 0||this.C(i,void 0,s,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};C.elementStyles=[],C.shadowRootOptions={mode:"open"},C[V("elementProperties")]=new Map,C[V("finalized")]=new Map,En?.({ReactiveElement:C}),(re.reactiveElementVersions??=[]).push("2.1.2");var Me=globalThis,dt=n=>n,ie=Me.trustedTypes,ut=ie?ie.createPolicy("lit-html",{createHTML:n=>n}):void 0,Oe="$lit$",T=`lit$${Math.random().toFixed(9).slice(2)}$`,Ie="?"+T,An=`<${Ie}>`,H=document,z=()=>H.createComment(""),W=n=>n===null||typeof n!="object"&&typeof n!="function",Ne=Array.isArray,yt=n=>Ne(n)||typeof n?.[Symbol.iterator]=="function",Pe=`[ 	
\f\r]`,K=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,pt=/-->/g,mt=/>/g,R=RegExp(`>|${Pe}(?:([^\\s"'>=/]+)(${Pe}*=${Pe}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),ft=/'/g,ht=/"/g,vt=/^(?:script|style|textarea|title)$/i,Ue=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),u=Ue(1),j=Ue(2),Fr=Ue(3),v=Symbol.for("lit-noChange"),c=Symbol.for("lit-nothing"),gt=new WeakMap,L=H.createTreeWalker(H,129);function bt(n,e){if(!Ne(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return ut!==void 0?ut.createHTML(e):e}var _t=(n,e)=>{let t=n.length-1,r=[],i,s=e===2?"<svg>":e===3?"<math>":"",o=K;for(let a=0;a<t;a++){let l=n[a],p,m,d=-1,h=0;for(;h<l.length&&(o.lastIndex=h,m=o.exec(l),m!==null);)h=o.lastIndex,o===K?m[1]==="!--"?o=pt:m[1]!==void 0?o=mt:m[2]!==void 0?(vt.test(m[2])&&(i=RegExp("</"+m[2],"g")),o=R):m[3]!==void 0&&(o=R):o===R?m[0]===">"?(o=i??K,d=-1):m[1]===void 0?d=-2:(d=o.lastIndex-m[2].length,p=m[1],o=m[3]===void 0?R:m[3]==='"'?ht:ft):o===ht||o===ft?o=R:o===pt||o===mt?o=K:(o=R,i=void 0);let f=o===R&&n[a+1].startsWith("/>")?" ":"";s+=o===K?l+An:d>=0?(r.push(p),l.slice(0,d)+Oe+l.slice(d)+T+f):l+T+(d===-2?a:f)}return[bt(n,s+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},q=class n{constructor({strings:e,_$litType$:t},r){let i;this.parts=[];let s=0,o=0,a=e.length-1,l=this.parts,[p,m]=_t(e,t);if(this.el=n.createElement(p,r),L.currentNode=this.el.content,t===2||t===3){let d=this.el.content.firstChild;d.replaceWith(...d.childNodes)}for(;(i=L.nextNode())!==null&&l.length<a;){if(i.nodeType===1){if(i.hasAttributes())for(let d of i.getAttributeNames())if(d.endsWith(Oe)){let h=m[o++],f=i.getAttribute(d).split(T),g=/([.?@])?(.*)/.exec(h);l.push({type:1,index:s,name:g[2],strings:f,ctor:g[1]==="."?oe:g[1]==="?"?ae:g[1]==="@"?le:M}),i.removeAttribute(d)}else d.startsWith(T)&&(l.push({type:6,index:s}),i.removeAttribute(d));if(vt.test(i.tagName)){let d=i.textContent.split(T),h=d.length-1;if(h>0){i.textContent=ie?ie.emptyScript:"";for(let f=0;f<h;f++)i.append(d[f],z()),L.nextNode(),l.push({type:2,index:++s});i.append(d[h],z())}}}else if(i.nodeType===8)if(i.data===Ie)l.push({type:2,index:s});else{let d=-1;for(;(d=i.data.indexOf(T,d+1))!==-1;)l.push({type:7,index:s}),d+=T.length-1}s++}}static createElement(e,t){let r=H.createElement("template");return r.innerHTML=e,r}};function P(n,e,t=n,r){if(e===v)return e;let i=r!==void 0?t._$Co?.[r]:t._$Cl,s=W(e)?void 0:e._$litDirective$;return i?.constructor!==s&&(i?._$AO?.(!1),s===void 0?i=void 0:(i=new s(n),i._$AT(n,t,r)),r!==void 0?(t._$Co??=[])[r]=i:t._$Cl=i),i!==void 0&&(e=P(n,i._$AS(n,e.values),i,r)),e}var se=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,i=(e?.creationScope??H).importNode(t,!0);L.currentNode=i;let s=L.nextNode(),o=0,a=0,l=r[0];for(;l!==void 0;){if(o===l.index){let p;l.type===2?p=new N(s,s.nextSibling,this,e):l.type===1?p=new l.ctor(s,l.name,l.strings,this,e):l.type===6&&(p=new ce(s,this,e)),this._$AV.push(p),l=r[++a]}o!==l?.index&&(s=L.nextNode(),o++)}return L.currentNode=H,i}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},N=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,i){this.type=2,this._$AH=c,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=P(this,e,t),W(e)?e===c||e==null||e===""?(this._$AH!==c&&this._$AR(),this._$AH=c):e!==this._$AH&&e!==v&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):yt(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==c&&W(this._$AH)?this._$AA.nextSibling.data=e:this.T(H.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,i=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=q.createElement(bt(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===i)this._$AH.p(t);else{let s=new se(i,this),o=s.u(this.options);s.p(t),this.T(o),this._$AH=s}}_$AC(e){let t=gt.get(e.strings);return t===void 0&&gt.set(e.strings,t=new q(e)),t}k(e){Ne(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,i=0;for(let s of e)i===t.length?t.push(r=new n(this.O(z()),this.O(z()),this,this.options)):r=t[i],r._$AI(s),i++;i<t.length&&(this._$AR(r&&r._$AB.nextSibling,i),t.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=dt(e).nextSibling;dt(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},M=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,i,s){this.type=1,this._$AH=c,this._$AN=void 0,this.element=e,this.name=t,this._$AM=i,this.options=s,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=c}_$AI(e,t=this,r,i){let s=this.strings,o=!1;if(s===void 0)e=P(this,e,t,0),o=!W(e)||e!==this._$AH&&e!==v,o&&(this._$AH=e);else{let a=e,l,p;for(e=s[0],l=0;l<s.length-1;l++)p=P(this,a[r+l],t,l),p===v&&(p=this._$AH[l]),o||=!W(p)||p!==this._$AH[l],p===c?e=c:e!==c&&(e+=(p??"")+s[l+1]),this._$AH[l]=p}o&&!i&&this.j(e)}j(e){e===c?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},oe=class extends M{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===c?void 0:e}},ae=class extends M{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==c)}},le=class extends M{constructor(e,t,r,i,s){super(e,t,r,i,s),this.type=5}_$AI(e,t=this){if((e=P(this,e,t,0)??c)===v)return;let r=this._$AH,i=e===c&&r!==c||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,s=e!==c&&(r===c||i);i&&this.element.removeEventListener(this.name,this,r),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ce=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){P(this,e)}},xt={M:Oe,P:T,A:Ie,C:1,L:_t,R:se,D:yt,V:P,I:N,H:M,N:ae,U:le,B:oe,F:ce},Sn=Me.litHtmlPolyfillSupport;Sn?.(q,N),(Me.litHtmlVersions??=[]).push("3.3.3");var wt=(n,e,t)=>{let r=t?.renderBefore??e,i=r._$litPart$;if(i===void 0){let s=t?.renderBefore??null;r._$litPart$=i=new N(e.insertBefore(z(),s),s,void 0,t??{})}return i._$AI(n),i};var De=globalThis,b=class extends C{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=wt(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return v}};b._$litElement$=!0,b.finalized=!0,De.litElementHydrateSupport?.({LitElement:b});var kn=De.litElementPolyfillSupport;kn?.({LitElement:b});(De.litElementVersions??=[]).push("4.2.2");var E={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},de=n=>(...e)=>({_$litDirective$:n,values:e}),U=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,r){this._$Ct=e,this._$AM=t,this._$Ci=r}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:Rn}=xt,$t=n=>n;var Tt=n=>n.strings===void 0,Ct=()=>document.createComment(""),D=(n,e,t)=>{let r=n._$AA.parentNode,i=e===void 0?n._$AB:e._$AA;if(t===void 0){let s=r.insertBefore(Ct(),i),o=r.insertBefore(Ct(),i);t=new Rn(s,o,n,n.options)}else{let s=t._$AB.nextSibling,o=t._$AM,a=o!==n;if(a){let l;t._$AQ?.(n),t._$AM=n,t._$AP!==void 0&&(l=n._$AU)!==o._$AU&&t._$AP(l)}if(s!==i||a){let l=t._$AA;for(;l!==s;){let p=$t(l).nextSibling;$t(r).insertBefore(l,i),l=p}}}return t},A=(n,e,t=n)=>(n._$AI(e,t),n),Ln={},ue=(n,e=Ln)=>n._$AH=e,Et=n=>n._$AH,pe=n=>{n._$AR(),n._$AA.remove()};var At=(n,e,t)=>{let r=new Map;for(let i=e;i<=t;i++)r.set(n[i],i);return r},St=de(class extends U{constructor(n){if(super(n),n.type!==E.CHILD)throw Error("repeat() can only be used in text expressions")}dt(n,e,t){let r;t===void 0?t=e:e!==void 0&&(r=e);let i=[],s=[],o=0;for(let a of n)i[o]=r?r(a,o):o,s[o]=t(a,o),o++;return{values:s,keys:i}}render(n,e,t){return this.dt(n,e,t).values}update(n,[e,t,r]){let i=Et(n),{values:s,keys:o}=this.dt(e,t,r);if(!Array.isArray(i))return this.ut=o,s;let a=this.ut??=[],l=[],p,m,d=0,h=i.length-1,f=0,g=s.length-1;for(;d<=h&&f<=g;)if(i[d]===null)d++;else if(i[h]===null)h--;else if(a[d]===o[f])l[f]=A(i[d],s[f]),d++,f++;else if(a[h]===o[g])l[g]=A(i[h],s[g]),h--,g--;else if(a[d]===o[g])l[g]=A(i[d],s[g]),D(n,l[g+1],i[d]),d++,g--;else if(a[h]===o[f])l[f]=A(i[h],s[f]),D(n,i[d],i[h]),h--,f++;else if(p===void 0&&(p=At(o,f,g),m=At(a,d,h)),p.has(a[d]))if(p.has(a[h])){let $=m.get(o[f]),ke=$!==void 0?i[$]:null;if(ke===null){let rt=D(n,i[d]);A(rt,s[f]),l[f]=rt}else l[f]=A(ke,s[f]),D(n,i[d],ke),i[$]=null;f++}else pe(i[h]),h--;else pe(i[d]),d++;for(;f<=g;){let $=D(n,l[g+1]);A($,s[f]),l[f++]=$}for(;d<=h;){let $=i[d++];$!==null&&pe($)}return this.ut=o,ue(n,l),v}});var y="twc_manager",w="https://github.com/twc-manager/twc-manager";function kt(n,e,t={}){n.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}function me(n){return n!==void 0&&n.state!=="unavailable"&&n.state!=="unknown"}var Hn=["binary_sensor.cable","binary_sensor.charging","binary_sensor.connection","binary_sensor.problem","event.session","number.charge_below_price","number.charge_limit","number.grid_share","number.priority","number.reserved_power","number.total_current_limit","select.mode","select.own_mode","sensor.charge_now_until","sensor.current","sensor.energy_battery","sensor.energy_green","sensor.energy_grid","sensor.green_power","sensor.lifetime_energy","sensor.limited_by","sensor.month_cost","sensor.next_change","sensor.offered_current","sensor.power","sensor.price","sensor.rating","sensor.rule","sensor.session_cost","sensor.session_energy","sensor.session_started","sensor.status","sensor.total_current","sensor.total_power","sensor.vehicle","sensor.year_cost","switch.charge","switch.charge_now","switch.pause_plans","switch.plan","switch.skip_plan"],Pn=/^(?<entryId>[^_.]+)_(?<id>[0-9A-F]{4})$/,Mn=new Set(Hn),fe;function F(n){return(fe===void 0||!On(fe,n))&&(fe=In(n)),fe.buses}function On(n,e){return n.entities===e.entities&&n.devices===e.devices&&!n.unnamed.some(t=>e.states[t]!==void 0)}function Y(n,e){let t=F(n);return e===void 0?t.flatMap(r=>r.connectors):t.find(r=>r.deviceId===e)?.connectors??t.flatMap(r=>r.connectors).filter(r=>r.deviceId===e)}function he(n,e){let t=F(n);return e===void 0?t:t.filter(r=>r.deviceId===e||r.connectors.some(i=>i.deviceId===e))}function Rt(n){return n.name_by_user??n.name??""}function In(n){let e=Object.values(n.entities).filter(t=>t.platform===y&&!t.hidden);return{entities:n.entities,devices:n.devices,buses:Nn(n,Un(n,e)),unnamed:e.filter(t=>!t.translation_key&&n.states[t.entity_id]===void 0).map(t=>t.entity_id)}}function Nn(n,e){let t=new Map,r=[];for(let i of Object.values(n.devices)){let s=i.identifiers.find(([l])=>l===y)?.[1];if(s===void 0||s.includes("."))continue;let o=Pn.exec(s)?.groups;if(o===void 0){t.set(s,{device:i,connectors:[]});continue}let a=e.get(i.id)??new Map;r.push([o.entryId,{deviceId:i.id,id:o.id,name:Rt(i),entities:a}])}for(let[i,s]of r)t.get(i)?.connectors.push(s);return[...t].map(([i,{device:s,connectors:o}])=>({entryId:i,deviceId:s.id,name:Rt(s),entities:e.get(s.id)??new Map,connectors:o.sort(Lt)})).sort(Lt)}function Lt(n,e){return n.name.localeCompare(e.name,void 0,{numeric:!0})||n.deviceId.localeCompare(e.deviceId)}function Un(n,e){let t=new Map;for(let r of e){if(!r.device_id)continue;let i=Z(n,r);if(i===void 0)continue;let s=t.get(r.device_id);s===void 0&&t.set(r.device_id,s=new Map),s.set(i,r.entity_id)}return t}function Z(n,e){let t=e.entity_id.split(".",1)[0],r=e.translation_key??n.states[e.entity_id]?.attributes.device_class,i=`${t}.${r}`;return Mn.has(i)?i:void 0}var Dn="twc_manager/subscribe";var Fe=class{constructor(e,t){this.connection=e;this.language=t}connection;language;listeners=new Set;live;failure;unsubscribe;attempt=0;timer;running=!1;add(e){return this.listeners.add(e),(this.live!==void 0||this.failure!==void 0)&&e(this.live,this.failure),this.running||this.start(),()=>{this.listeners.delete(e),this.listeners.size===0&&setTimeout(()=>this.listeners.size===0&&this.stop(),5e3)}}start(){this.running=!0,this.connection.addEventListener("ready",this.subscribe),this.subscribe()}stop(){this.running&&(this.running=!1,this.connection.removeEventListener("ready",this.subscribe),this.end(),this.live=this.failure=void 0)}end(){this.attempt+=1,clearTimeout(this.timer);let e=this.unsubscribe;this.unsubscribe=void 0,e!==void 0&&Promise.resolve(e()).catch(()=>{})}subscribe=()=>{this.unsubscribe=void 0,this.end();let e=this.attempt;this.connection.subscribeMessage(t=>e===this.attempt&&this.publish(t,void 0),{type:Dn,language:this.language},{resubscribe:!1}).then(t=>{e===this.attempt?this.unsubscribe=t:t()},t=>e===this.attempt&&this.failed(t))};failed(e){let t=e?.code;this.publish(void 0,t==="unauthorized"?"refused":"not_loaded"),t!=="unauthorized"&&(this.timer=setTimeout(this.subscribe,5e3))}publish(e,t){this.live=e,this.failure=t;for(let r of[...this.listeners])r(e,t)}},Ht=new WeakMap;function ge(n,e){let t=Ht.get(n.connection);return t?.language!==n.language&&(t=new Fe(n.connection,n.language),Ht.set(n.connection,t)),t.add(e)}function Pt(n,e=import.meta.url){let t=new URL(e).searchParams.get("v");return n!==void 0&&t!==null&&t!==n.version}function Mt(n,e){for(let t of n?.buses??[]){let r=t.connectors.find(i=>i.device_id===e);if(r!==void 0)return r}}function Ot(n,e){return n?.buses.find(t=>t.entry_id===e)}var Fn=`component.${y}.config_panel.`,J,Be;function O(n){if(J?.language!==n.language){let e=Bn(n);J={language:n.language,texts:e},e.catch(()=>{J?.texts===e&&(J=void 0)})}return J.texts}function I(){return Be}async function Bn(n){let e=await n.loadBackendTranslation("config_panel",y);return Be=(t,r)=>e(Fn+t,r),Be}var Ge=new Set,_=class extends b{static properties={config:{state:!0},live:{state:!0},failure:{state:!0},texts:{state:!0}};static styles=k`
    :host {
      display: block;
      height: 100%;
    }
    ha-card {
      height: 100%;
      box-sizing: border-box;
      overflow: hidden;
    }
    .message {
      padding: 16px;
      color: var(--secondary-text-color);
    }
    .notice {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      padding: 12px 16px;
      border-bottom: 1px solid var(--divider-color);
    }
    .notice button {
      font: inherit;
      color: var(--primary-color);
      background: none;
      border: 1px solid var(--divider-color);
      border-radius: 8px;
      padding: 8px 12px;
      min-height: 40px;
      cursor: pointer;
    }
  `;#e;#t;#n;static getConfigForm(){return Gn()}static getStubConfig(){return{}}setConfig(e){let t=e?.device_id;if(t!=null&&typeof t!="string")throw new Error(I()?.("common.wrong_device")||"device_id has to be the id of a device");this.config=e}getCardSize(){return 4}getGridOptions(){return{columns:12,rows:"auto",min_columns:6}}get hass(){return this.#e}set hass(e){let t=this.#e;this.#e=e,e!==void 0&&((t===void 0||this.#l(t,e))&&this.requestUpdate(),this.#n!==e.language&&(this.#n=e.language,this.#o(e),this.#a()))}get deviceId(){return this.config?.device_id||void 0}get buses(){return this.#e===void 0?[]:F(this.#e)}connectedCallback(){super.connectedCallback(),Ge.add(this),this.#a()}disconnectedCallback(){super.disconnectedCallback(),Ge.delete(this),this.#t?.(),this.#t=void 0}render(){let e=this.#e,t=this.texts;return e===void 0||t===void 0||this.config===void 0?c:u`<ha-card>${this.#i(t)}${this.#r(e,t)}</ha-card>`}#r(e,t){return this.failure==="refused"?ye(t("common.refused")):this.buses.length===0?ye(t("common.no_bus")):this.content(e,t)}#i(e){return!Pt(this.live)||[...Ge][0]!==this?c:u`<div class="notice" role="status">
      <span>${e("common.reload_needed")}</span>
      <button type="button" @click=${()=>location.reload()}>${e("common.reload")}</button>
    </div>`}#l(e,t){if(e.locale!==t.locale||e.language!==t.language||e.themes!==t.themes||e.entities!==t.entities||e.devices!==t.devices)return!0;if(e.states===t.states)return!1;for(let r of this.shownEntities(t))if(e.states[r]!==t.states[r])return!0;return!1}async#o(e){let t=await O(e);e.language===this.#n&&(this.texts=t)}#a(){this.#t?.(),this.#t=void 0,!(this.#e===void 0||!this.isConnected)&&(this.#t=ge(this.#e,(e,t)=>{this.live=e,this.failure=t}))}};function ye(n){return u`<div class="message">${n}</div>`}function Gn(){return{schema:[{name:"device_id",selector:{device:{integration:y}}}],computeLabel:()=>I()?.("common.device")??"",computeHelper:()=>I()?.("common.device_helper")??""}}var It=k`
  .connectors {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr));
    gap: 1px;
    height: 100%;
    background: var(--divider-color);
  }
  twc-manager-connector-panel {
    display: block;
    container-type: inline-size;
    background: var(--ha-card-background, var(--card-background-color));
  }
  .connector {
    --tint: var(--primary-color);
    --field: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
    --line: color-mix(in srgb, var(--primary-text-color) 14%, transparent);
    padding: 16px;
    color: var(--primary-text-color);
    overflow-wrap: anywhere;
  }
  .column {
    display: grid;
    gap: 12px;
    align-content: start;
    min-width: 0;
  }
  .columns {
    display: grid;
    gap: 12px 24px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
  }
  h2 {
    margin: 0;
    font-size: 1rem;
    font-weight: 500;
    color: var(--secondary-text-color);
  }
  .name {
    padding: 4px 8px;
    margin: -4px -8px;
    font: inherit;
    color: inherit;
    text-align: start;
    background: none;
    border: none;
  }
  .vehicle {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    font-size: 0.9rem;
  }
  .level {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--secondary-text-color);
  }
  .battery {
    width: 48px;
    height: 10px;
  }
  .battery .track {
    fill: var(--line);
  }
  .battery .filled {
    fill: var(--state-sensor-battery-high-color, var(--primary-color));
  }
  .battery .target {
    stroke: var(--primary-text-color);
    stroke-width: 3;
  }
  .statement {
    margin: 0;
    font-size: 1.25rem;
    font-weight: 500;
    line-height: 1.35;
  }
  .statement ha-icon {
    --mdc-icon-size: 24px;
    margin-inline-end: 8px;
    color: var(--warning-color);
  }
  .soon {
    font-size: 0.9rem;
    font-weight: 400;
    color: var(--secondary-text-color);
    white-space: nowrap;
  }
  .now {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
  }
  .gauge {
    flex: 1 1 170px;
    max-width: 240px;
  }
  .gauge svg {
    display: block;
    width: 100%;
  }
  .gauge path {
    fill: none;
  }
  .gauge .track {
    stroke: var(--line);
  }
  .gauge .offered {
    stroke: color-mix(in srgb, var(--tint) 40%, transparent);
  }
  .gauge .drawn {
    stroke: var(--tint);
  }
  .gauge .limit {
    stroke: var(--primary-text-color);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .gauge .amps {
    font-size: 30px;
    font-weight: 500;
    fill: var(--primary-text-color);
  }
  .gauge .power {
    font-size: 16px;
    fill: var(--secondary-text-color);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 2px 12px;
    font-size: 0.8rem;
    color: var(--secondary-text-color);
  }
  .legend b {
    font-weight: 500;
    color: var(--primary-text-color);
    white-space: nowrap;
  }
  .legend i {
    display: inline-block;
    margin-inline-end: 2px;
    vertical-align: middle;
  }
  .legend i.offered {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--tint) 40%, transparent);
  }
  .legend i.limit {
    width: 3px;
    height: 12px;
    border-radius: 2px;
    background: var(--primary-text-color);
  }
  .facts {
    flex: 1 1 120px;
    display: grid;
    gap: 6px;
    margin: 0;
  }
  .facts div {
    display: flex;
    justify-content: space-between;
    gap: 8px;
  }
  dt {
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
    font-weight: 500;
    text-align: end;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
    border-radius: 12px;
  }
  button:not(.name),
  select,
  input:not([type="range"]) {
    min-height: 44px;
    box-sizing: border-box;
    padding: 0 12px;
    background: var(--field);
    border: 1px solid transparent;
  }
  button,
  select {
    cursor: pointer;
  }
  option {
    color: var(--primary-text-color);
    background: var(--card-background-color);
  }
  button:focus-visible,
  select:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: 2px;
  }
  button[aria-disabled="true"] {
    opacity: 0.4;
    cursor: default;
  }
  .actions {
    display: flex;
    gap: 8px;
  }
  .action {
    flex: 1 1 0;
    min-width: 0;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 52px !important;
    text-align: start;
    font-weight: 500;
  }
  .action ha-icon {
    flex: none;
  }
  .action .label,
  .action .detail {
    display: block;
  }
  .detail {
    font-size: 0.8rem;
    font-weight: 400;
    color: var(--secondary-text-color);
  }
  .action.charge_now.on,
  .action.charge.off,
  .plan-form .main {
    background: color-mix(in srgb, var(--tint) 22%, transparent);
    border-color: var(--tint);
  }
  .row {
    display: grid;
    align-items: center;
    gap: 4px 12px;
  }
  .mode {
    grid-template-columns: auto minmax(0, 1fr);
  }
  .mode select {
    width: 100%;
    text-overflow: ellipsis;
  }
  .limit.row {
    grid-template-columns: 1fr auto;
  }
  .limit output {
    font-weight: 500;
  }
  .steps {
    grid-column: 1 / -1;
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .steps input {
    flex: 1;
    min-width: 0;
    height: 44px;
    margin: 0;
    accent-color: var(--tint);
  }
  .step {
    flex: none;
    width: 44px;
    padding: 0 !important;
  }
  .plan.row {
    grid-template-columns: auto minmax(0, 1fr) auto;
  }
  .plan > ha-icon {
    color: var(--secondary-text-color);
  }
  .plan-words span {
    display: block;
  }
  .plan-words.problem .detail {
    color: var(--primary-text-color);
    font-weight: 500;
    border-inline-start: 3px solid var(--warning-color);
    padding-inline-start: 6px;
  }
  .plan-form {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 8px;
  }
  .plan-form label {
    flex: 1 1 84px;
    min-width: 0;
    display: grid;
    gap: 2px;
    font-size: 0.8rem;
    color: var(--secondary-text-color);
  }
  .plan-form input,
  .plan-form select {
    width: 100%;
    font-size: 1rem;
    color: var(--primary-text-color);
  }
  .plan-form .unit {
    align-self: end;
    line-height: 44px;
  }
  .plan-form .buttons {
    flex: 1 1 100%;
    display: flex;
    gap: 8px;
  }
  .plan-form .buttons button {
    flex: 1;
  }
  .refusal {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 4px 4px 12px;
    border-radius: 12px;
    border: 1px solid var(--error-color);
    background: color-mix(in srgb, var(--error-color) 12%, transparent);
  }
  .refusal span {
    flex: 1;
  }
  .refusal button {
    flex: none;
    width: 44px;
    padding: 0;
    background: none;
  }
  [aria-busy="true"] {
    border-color: var(--tint) !important;
    border-style: dashed !important;
  }
  input[type="range"][aria-busy="true"],
  .plan[aria-busy="true"] {
    opacity: 0.7;
  }
  @media (prefers-reduced-motion: no-preference) {
    .gauge path,
    .gauge .limit,
    .battery .filled {
      transition: all 200ms ease-out;
    }
    [aria-busy="true"] {
      animation: taken 800ms ease-in-out infinite alternate;
    }
    @keyframes taken {
      to {
        opacity: 0.6;
      }
    }
  }
  @container (min-width: 640px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
`;var Ut="twc-manager-connector-card",Vn=["number.charge_limit","select.own_mode","sensor.charge_now_until","sensor.current","sensor.offered_current","sensor.rating","sensor.status","sensor.vehicle","switch.charge","switch.charge_now"],Kn=["select.mode"],zn=new Set(["sensor.status","number.charge_limit"]),ve=class extends _{static styles=[_.styles,It];static getStubConfig(e){let t=e===void 0?void 0:Y(e)[0];return t===void 0?{}:{device_id:t.deviceId}}getCardSize(){return 9*Math.max(1,this.hass===void 0?1:Y(this.hass,this.deviceId).length)}getGridOptions(){return{columns:12,rows:"auto",min_columns:6}}*shownEntities(e){for(let t of he(e,this.deviceId))yield*Nt(t,Kn);for(let t of Y(e,this.deviceId))yield*Nt(t,Vn)}updated(e){super.updated(e),this.style.colorScheme=this.hass?.themes?.darkMode===!0?"dark":"light"}content(e,t){let r=Y(e,this.deviceId);return r.length===0?ye(t(he(e,this.deviceId).length===0?"common.device_gone":"connector_card.none")):u`<div class="connectors">
      ${St(r,({deviceId:i})=>i,i=>this.#e(e,t,i))}
    </div>`}#e(e,t,r){return u`<twc-manager-connector-panel
      .hass=${e}
      .texts=${t}
      .bus=${he(e,r.deviceId)[0]}
      .connector=${r}
      .live=${this.live}
      .failure=${this.failure}
    ></twc-manager-connector-panel>`}};function Nt(n,e){return e.flatMap(t=>n.entities.get(t)??[])}function Wn(n,e){let t=n.entities[e];return t?.platform!==y||!t.device_id||!zn.has(Z(n,t)??"")?null:{config:{type:`custom:${Ut}`,device_id:t.device_id}}}var Dt={type:Ut,name:"Wall connector",description:"What a wall connector does now, why, and what comes next; with its settings",preview:!0,documentationURL:w,getEntitySuggestion:Wn};var Ft=de(class extends U{constructor(n){if(super(n),n.type!==E.PROPERTY&&n.type!==E.ATTRIBUTE&&n.type!==E.BOOLEAN_ATTRIBUTE)throw Error("The `live` directive is not allowed on child or event bindings");if(!Tt(n))throw Error("`live` bindings can only contain a single expression")}render(n){return n}update(n,[e]){if(e===v||e===c)return e;let t=n.element,r=n.name;if(n.type===E.PROPERTY){if(e===t[r])return v}else if(n.type===E.BOOLEAN_ATTRIBUTE){if(!!e===t.hasAttribute(r))return v}else if(n.type===E.ATTRIBUTE&&t.getAttribute(r)===e+"")return v;return ue(n),e}});var qn=[6,8,10,13,16,20,24,28,32,40,48,56,64,72,80,96,120,144,160,180,200,240];function Ve({minimum:n,maximum:e}){let t=Math.floor(e);if(!(t>0))return[0];if(n===null)return[0,t];let r=Math.min(Math.ceil(n),t);return[0,...Array.from({length:t-r+1},(i,s)=>r+s)]}function Bt(n,e){let t=Ve(n);if(t.length<=e)return t;let r=t[1],i=t.at(-1),s=qn.filter(a=>a>r&&a<i),o=new Set([0,r,i]);for(let a=1;a<e-2;a++){let l=r+(i-r)*a/(e-2);o.add(Vt(s,l)??Math.round(l))}return[...o].sort((a,l)=>a-l)}function Gt(n,e){let t=Vt(n,e);return t===void 0?0:n.indexOf(t)}function Vt(n,e){return n.reduce((t,r)=>t===void 0||Math.abs(r-e)<Math.abs(t-e)?r:t,void 0)}var jn={comma_decimal:["en-US","en"],decimal_comma:["de","es","it"],space_comma:["fr","sv","cs"],quote_decimal:["de-CH"],none:["en-US"]},Yn=6e4;function Zn(n){if(n.number_format!=="system")return jn[n.number_format]??n.language}var Kt=new Map;function Ke(n,e){let t=JSON.stringify(n),r=Kt.get(t);return r===void 0&&Kt.set(t,r=e()),r}function ze(n,e){let t=Zn(n.locale),r=n.locale.number_format!=="none";return Ke(["n",t,r,e],()=>new Intl.NumberFormat(t,{useGrouping:r,...e}))}function S(n,e,t=0,r=t){return ze(n,{minimumFractionDigits:r,maximumFractionDigits:t}).format(Number(e.toFixed(t))||0)}function B(n,e){return`${S(n,e,1,0)} A`}function zt(n,e){return Math.abs(e)<999.5?`${S(n,e)} W`:`${S(n,e/1e3,Math.abs(e)<9995?2:1)} kW`}function We(n,e){return`${S(n,e,Math.abs(e)<99.95?1:0)} kWh`}function X(n,e){return ze(n,{style:"percent",maximumFractionDigits:0}).format(e)}function qe(n,e,t,r=2){if(!t)return S(n,e,r);let i={style:"currency",currency:t,minimumFractionDigits:r,maximumFractionDigits:r};try{return ze(n,i).format(e)}catch{return`${S(n,e,r)} ${t}`}}function Wt(n,e){let{language:t,time_format:r,time_zone:i}=n.locale,s=i==="server"?n.config.time_zone:void 0,o=r==="system"?void 0:t,a=e.hour===void 0||r!=="12"&&r!=="24"?{}:r==="12"?{hour12:!0}:{hourCycle:"h23"},l={...e,...a,...s?{timeZone:s}:{}};return Ke(["d",o,l],()=>new Intl.DateTimeFormat(o,l))}function je(n,e){return Wt(n,{hour:"numeric",minute:"2-digit"}).format(e)}function qt(n,e){return Wt(n,{weekday:"short",hour:"numeric",minute:"2-digit"}).format(e)}function Q(n,e){let t=Math.max(0,Math.ceil(e/Yn)),r=(s,o)=>Ke(["u",n.locale.language,o],()=>new Intl.NumberFormat(n.locale.language,{style:"unit",unit:o,unitDisplay:"short"})).format(s),i=Math.floor(t/60);return i===0?r(t,"minute"):t%60===0?r(i,"hour"):`${r(i,"hour")} ${r(t%60,"minute")}`}function Zt(n){let e=Jn(n),t=r=>Math.min(Math.max(r/e,0),1);return{track:Jt(1),offered:n.offered===null?null:jt(t(n.offered)),drawn:n.drawn===null?null:jt(t(n.drawn)),limit:n.limit===null?null:Xn(t(n.limit)),scale:e}}function Jn({drawn:n,offered:e,limit:t,maximum:r}){let i=[n,e,t,r].filter(o=>o!==null&&Number.isFinite(o)),s=Math.ceil(Math.max(0,...i));return s>0?s:16}function jt(n){return n>0?Jt(n):null}function Jt(n){let e=be(0,84),t=be(n,84);return`M ${e.x} ${e.y} A 84 84 0 0 1 ${t.x} ${t.y}`}function Xn(n){let e=be(n,72),t=be(n,84+16/2+4);return{x1:e.x,y1:e.y,x2:t.x,y2:t.y}}function be(n,e){let t=Math.PI*(1-n);return{x:Yt(100+e*Math.cos(t)),y:Yt(100-e*Math.sin(t))}}function Yt(n){return Math.round(n*100)/100}function Xt(n){return n===null?c:u`<div class="vehicle">
    <span class="vehicle-name">${n.name}</span>
    ${n.words===null?c:u`<span class="level">${tr(n)}${n.words}</span>`}
  </div>`}function tr({level:n,target:e}){let t=100*Math.min(Math.max(n??0,0),1);return u`<svg class="battery" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="10" rx="2"></rect>
    <rect class="filled" width=${t} height="10" rx="2"></rect>
    ${e===null||e>=1?c:j`<line class="target" x1=${100*e} x2=${100*e} y1="0" y2="10"></line>`}
  </svg>`}function Qt(n){if(n===null)return c;let{track:e,offered:t,drawn:r,limit:i}=n.shapes;return u`<div class="gauge">
    <svg viewBox="0 0 ${200} ${112}" role="img" aria-label=${n.words}>
      <path class="track" d=${e} stroke-width=${16}></path>
      ${t===null?c:j`<path class="offered" d=${t} stroke-width=${16}></path>`}
      ${r===null?c:j`<path class="drawn" d=${r} stroke-width=${16}></path>`}
      ${i===null?c:j`<line class="limit" x1=${i.x1} y1=${i.y1} x2=${i.x2} y2=${i.y2}></line>`}
      <text class="amps" x="100" y="76" text-anchor="middle">${n.drawn}</text>
      <text class="power" x="100" y="98" text-anchor="middle">${n.power??""}</text>
    </svg>
    <div class="legend" aria-hidden="true">
      ${n.facts.map(({label:s,value:o},a)=>u`<span><i class=${a===0?"offered":"limit"}></i>${s} <b>${o}</b></span>`)}
    </div>
  </div>`}function en(n){return n.length===0?c:u`<dl class="facts">
    ${n.map(({label:e,value:t})=>u`<div><dt>${e}</dt><dd>${t}</dd></div>`)}
  </dl>`}var Ze={percent:{minimum:1,maximum:100,step:1},kwh:{minimum:.1,maximum:1e3,step:.1}},nr={percent:"level",kwh:"energy"},rr=/^([01]\d|2[0-3]):[0-5]\d$/;function nn({kind:n,amount:e,time:t}){let{minimum:r,maximum:i}=Ze[n];return e>=r&&e<=i&&(n!=="percent"||Number.isInteger(e))&&rr.test(t)?{[nr[n]]:e,time:`${t}:00`}:null}function ir(n){return`set_${n}`}function Je(n,e){return n.plan_id===ir(e)}function rn(n,e,t){return(n?.plans??[]).filter(i=>i.connector===e&&i.enabled&&i.state!=="off").reduce((i,s)=>i===null||tn(s,t)<tn(i,t)?s:i,null)}function tn(n,e){return`${Je(n,e)?0:1} ${n.ready??"~"}`}var sn={percent:"%",kwh:"kWh"},sr={percent:80,kwh:10},or="07:00";function _e(n){return{kind:n,amount:sr[n],time:or}}function on(n){let{texts:e,wish:t,busy:r,change:i}=n,s=Ze[t.kind];return u`<form class="plan-form" @submit=${o=>lr(o,n)}>
    <label>
      <span>${e("connector_card.ready_at")}</span>
      <input
        type="time"
        name="time"
        required
        .value=${t.time}
        @input=${o=>i({...t,time:Xe(o)})}
      />
    </label>
    <label>
      <span>${e("connector_card.goal")}</span>
      <input
        type="number"
        name="amount"
        inputmode="decimal"
        required
        min=${s.minimum}
        max=${s.maximum}
        step=${s.step}
        .value=${Number.isNaN(t.amount)?"":String(t.amount)}
        @input=${o=>i({...t,amount:Number.parseFloat(Xe(o))})}
      />
    </label>
    ${ar(n)}
    <div class="buttons">
      <button type="submit" class="main" aria-busy=${r?"true":c}>${e("connector_card.set_plan")}</button>
      <button type="button" @click=${n.close}>${e("connector_card.close")}</button>
    </div>
  </form>`}function ar({texts:n,wish:e,kinds:t,change:r}){return t.length===1?u`<span class="unit">${sn[e.kind]}</span>`:u`<label>
    <span>${n("connector_card.unit")}</span>
    <select
      name="unit"
      @change=${i=>r({..._e(Xe(i)),time:e.time})}
    >
      ${t.map(i=>u`<option value=${i} .selected=${i===e.kind}>${sn[i]}</option>`)}
    </select>
  </label>`}function lr(n,{wish:e,submit:t}){n.preventDefault();let r=nn(e);r!==null&&t(r)}function Xe(n){return n.target.value}async function an(n,e,t){let r=typeof t=="object"&&t!==null?t:{};if(r.code==="unauthorized")return e("connector_card.unauthorized");let i=await cr(n,r);return i||(typeof r.message=="string"&&r.message?r.message:e("connector_card.not_reached"))}async function cr(n,e){let{translation_domain:t,translation_key:r,translation_placeholders:i}=e;if(!(typeof t!="string"||typeof r!="string"))try{return(await n.loadBackendTranslation("exceptions",t))(`component.${t}.exceptions.${r}.message`,i)}catch{return}}var xe=class{constructor(e,t){this.host=e;this.explain=t;e.addController(this)}host;explain;refusal=null;#e=new Map;#t=new Set;hostDisconnected(){for(let e of this.#t)clearTimeout(e);this.#t.clear(),this.#e.clear()}isOpen(e){return this.#e.has(e)}shown(e,t){let r=this.#e.get(e);return r===void 0?t:(r.accepted&&r.wanted===t&&this.#e.delete(e),r.wanted)}async send(e,t,r){let i={wanted:t,accepted:!1};this.#e.set(e,i),this.refusal=null,this.host.requestUpdate();try{await r()}catch(s){return await this.#r(e,i,s),!1}return this.#n(e,i),!0}dismiss(){this.refusal=null,this.host.requestUpdate()}#n(e,t){if(this.#e.get(e)!==t)return;let r={...t,accepted:!0};this.#e.set(e,r);let i=setTimeout(()=>{this.#t.delete(i),this.#i(e,r)},2e3);this.#t.add(i),this.host.requestUpdate()}async#r(e,t,r){this.#i(e,t),this.refusal=await this.explain(r),this.host.requestUpdate()}#i(e,t){this.#e.get(e)===t&&(this.#e.delete(e),this.host.requestUpdate())}};var dr="bus",ln="green",ur=["grid","solar"];function dn(n,e,t,r,i){return{chargeNow:cn(n,t,"switch.charge_now"),charge:cn(n,t,"switch.charge"),mode:pr(n,e,t,r),limit:fr(n,t,i)}}function x(n,e,t){let r=e?.entities.get(t),i=r===void 0?void 0:n.states[r];return me(i)?i:void 0}function ee(n,e,t){let r=Number.parseFloat(x(n,e,t)?.state??"");return Number.isFinite(r)?r:null}function cn(n,e,t){let r=x(n,e,t);return r===void 0?null:{entityId:r.entity_id,on:r.state==="on"}}function pr(n,e,t,r){let i=x(n,t,"select.own_mode"),s=i?.attributes.options;if(i===void 0||!Array.isArray(s))return null;let o=ur.some(l=>r?.meters[l]!==void 0),a=s.filter(l=>l!==ln||o||i.state===ln).map(l=>({value:l,name:mr(n,e,i,l)}));return{entityId:i.entity_id,mode:i.state,options:a}}function mr(n,e,t,r){let i=n.formatEntityState(t,r),s=r===dr?x(n,e,"select.mode"):void 0;return s===void 0?i:`${i} (${n.formatEntityState(s)})`}function fr(n,e,t){let r=x(n,e,"number.charge_limit"),i=ee(n,e,"number.charge_limit"),s=r?.attributes.max;if(r===void 0||i===null||typeof s!="number")return null;let o=Ve({minimum:t?.minimum??null,maximum:s});return{entityId:r.entity_id,amps:i,steps:o}}var hr=new Set(["cannot_stop","disobeys","second_master","sensor_stale"]),gr={away:"connector_card.away",offline:"connector_card.offline",not_loaded:"common.not_loaded"},yr="–",vr=2*36e5;function un(n){let{hass:e,bus:t,connector:r,live:i}=n,s=t===void 0?void 0:Ot(i,t.entryId),o={...n,ofBus:s,own:Mt(i,r.deviceId)},a=br(o),l=dn(e,t,r,s,o.own);return{presence:a,statement:_r(o,a),tone:xr(o,a),soon:a==="here"?wr(o):null,vehicle:a==="here"?$r(o):null,gauge:a==="here"||a==="loading"?Tr(o,l):null,controls:l,chargeNowEnd:l.chargeNow?.on?Er(o):null,plan:Sr(o),canPlan:s!==void 0&&s.state!=="not_loaded",levelKnown:o.own?.vehicle?.level!=null,session:a==="here"?Ar(o):[]}}function br({hass:n,connector:e,live:t,failure:r,ofBus:i,own:s}){if(r!==void 0)return"not_loaded";if(t===void 0)return"loading";if(i===void 0||i.state==="not_loaded")return"not_loaded";if(i.state==="offline")return"offline";let o=e.entities.get("sensor.status"),a=o!==void 0&&n.states[o]?.state==="unavailable";return s===void 0||a?"away":"here"}function _r({hass:n,texts:e,connector:t,own:r},i){let s=gr[i];if(s!==void 0)return e(s);if(r?.sentence)return r.sentence;let o=x(n,t,"sensor.status");return o===void 0?e("connector_card.loading"):n.formatEntityState(o)}function xr({hass:n,connector:e,own:t},r){if(r==="loading")return"calm";if(r!=="here")return"problem";let i=x(n,e,"sensor.status")?.state??t?.status;return i==="error"||hr.has(t?.reason??"")?"problem":i==="charging"?"charging":"calm"}function wr({hass:n,texts:e,own:t,now:r}){let i=t?.next?Date.parse(t.next.at)-r:Number.NaN;return i>0&&i<=vr?e("connector_card.soon",{duration:Q(n,i)}):null}function $r({hass:n,texts:e,connector:t,own:r}){if((x(n,t,"sensor.status")?.state??r?.status)==="disconnected")return{name:e("connector_card.no_vehicle"),level:null,target:null,words:null};let s=r?.vehicle?.name??x(n,t,"sensor.vehicle")?.state,{level:o=null,target:a=null}=r?.vehicle??{};if(!s&&o===null)return null;let l=p=>p===null?null:p/100;return{name:s||e("connector_card.vehicle"),level:l(o),target:l(a),words:Cr(n,e,l(o),l(a))}}function Cr(n,e,t,r){if(t===null)return null;let i={level:X(n,t),target:X(n,r??1)};return r===null||r>=1?i.level:e("connector_card.level_to",i)}function Tr({hass:n,texts:e,connector:t,own:r},i){let s=ee(n,t,"sensor.current")??r?.drawn??null,o=ee(n,t,"sensor.offered_current")??r?.offered??null,a=i.limit?.amps??r?.limit??null,l=i.limit?.steps.at(-1)??ee(n,t,"sensor.rating"),p=Zt({drawn:s,offered:o,limit:a,maximum:l}),m=(h,f=yr)=>h===null?f:B(n,h),d=e("connector_card.unknown");return{shapes:p,drawn:m(s),power:r?.power==null?null:zt(n,r.power),facts:[{label:e("connector_card.offered"),value:m(o)},{label:e("connector_card.limit"),value:m(a)}],words:e("connector_card.gauge",{drawn:m(s,d),offered:m(o,d),limit:m(a,d),maximum:m(p.scale)})}}function Er({hass:n,texts:e,connector:t,own:r,now:i}){let s=x(n,t,"sensor.charge_now_until")?.state??r?.charge_now_until,o=s?Date.parse(s)-i:Number.NaN;return o>0?e("connector_card.ends_in",{duration:Q(n,o)}):null}function Ar({hass:n,texts:e,ofBus:t,own:r,now:i}){let s=r?.session;if(!s)return[];let o=Math.max(0,i-Date.parse(s.started)),a=(l,p)=>p===null?[]:[{label:e(`connector_card.${l}`),value:p}];return[...a("charged",We(n,s.kwh)),...a("sun",s.sun===null?null:X(n,s.sun)),...a("cost",s.cost===null?null:qe(n,s.cost,t?.currency)),...a("time",Number.isNaN(o)?null:Q(n,o))]}function Sr({hass:n,texts:e,connector:t,ofBus:r,now:i}){let s=rn(r,t.deviceId,t.id);if(s===null)return null;let o=s.goal===null?null:Qe(n,s.goal.kind,s.goal.value),a=s.ready===null?null:qt(n,new Date(s.ready)),l=a===null?s.name:e("connector_card.ready_by",{time:a});return{title:o===null?l:`${l} · ${o}`,detail:kr(n,e,s,i),problem:s.state==="unreachable",own:Je(s,t.id)}}function Qe(n,e,t){return e==="percent"?X(n,t/100):e==="kwh"?We(n,t):Q(n,t*36e5)}function kr(n,e,t,r){if(t.state==="reached")return e("connector_card.plan_reached");let i=t.state==="unreachable"?Rr(n,e,t):Lr(n,e,t,r),s=t.cost===null?null:qe(n,t.cost,t.currency);return[i,s].filter(o=>o!==null).join(" · ")||null}function Rr(n,e,t){let r=t.possible_percent!==null?Qe(n,"percent",t.possible_percent):t.possible_kwh!==null?Qe(n,"kwh",t.possible_kwh):null;return r===null?e("connector_card.plan_missed"):e("connector_card.plan_short",{amount:r})}function Lr(n,e,t,r){let i=t.slots.find(({end:o})=>Date.parse(o)>r);if(i===void 0)return null;let s={start:je(n,new Date(i.start)),end:je(n,new Date(i.end))};return e(Date.parse(i.start)<=r?"connector_card.slot_now":"connector_card.slot",s)}var Hr=15e3,we=class extends b{static properties={hass:{attribute:!1},texts:{attribute:!1},bus:{attribute:!1},connector:{attribute:!1},live:{attribute:!1},failure:{attribute:!1},wish:{state:!0},dragged:{state:!0}};#e=new xe(this,e=>an(this.hass,this.texts,e));#t;connectedCallback(){super.connectedCallback(),this.#t=setInterval(()=>this.requestUpdate(),Hr)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#t)}createRenderRoot(){return this}updated(e){e.get("wish")===void 0&&e.has("wish")&&this.wish!==void 0&&this.querySelector(".plan-form input")?.focus()}render(){let{hass:e,texts:t,bus:r,connector:i,live:s,failure:o}=this;if(e===void 0||t===void 0||i===void 0)return c;let a=un({hass:e,texts:t,bus:r,connector:i,live:s,failure:o,now:Date.now()});return u`<section class="connector ${a.tone}" aria-label=${i.name}>
      <div class="columns">
        <div class="column">
          <header>
            <h2>${this.#n(i)}</h2>
            ${Xt(a.vehicle)}
          </header>
          ${this.#r(a)} ${this.#i(t)}
          <div class="now">${Qt(a.gauge)}${en(a.session)}</div>
        </div>
        <div class="column">
          ${this.#l(t,a)} ${this.#a(t,a.controls.mode)}
          ${this.#p(e,t,a.controls.limit)} ${a.canPlan?this.#m(t,a):c}
        </div>
      </div>
    </section>`}#n(e){let t=e.entities.get("sensor.status");return t===void 0?u`${e.name}`:u`<button type="button" class="name" @click=${()=>kt(this,"hass-more-info",{entityId:t})}>
      ${e.name}
    </button>`}#r({statement:e,soon:t,tone:r}){return u`<p class="statement">
      ${r==="problem"?u`<ha-icon icon="mdi:alert-outline"></ha-icon>`:c}${e}
      ${t===null?c:u`<span class="soon">${t}</span>`}
    </p>`}#i(e){let{refusal:t}=this.#e;return t===null?c:u`<div class="refusal" role="alert">
      <span>${t}</span>
      <button type="button" aria-label=${e("connector_card.dismiss")} @click=${()=>this.#e.dismiss()}>
        <ha-icon icon="mdi:close"></ha-icon>
      </button>
    </div>`}#l(e,{controls:t,chargeNowEnd:r}){let{chargeNow:i,charge:s}=t,o=s===null||this.#e.shown("charge",s.on),a=i!==null&&this.#e.shown("charge_now",i.on),l=i!==null&&(o||a);return!l&&s===null?c:u`<div class="actions">
      ${l?this.#o(e,"charge_now",i,a?["end_charge_now","flash-off"]:["charge_now","flash"],r):c}
      ${s===null?c:this.#o(e,"charge",s,o?["pause","pause"]:["resume","play"],null)}
    </div>`}#o(e,t,r,[i,s],o){let a=this.#e.shown(t,r.on),l=a?"turn_off":"turn_on";return u`<button
      type="button"
      class="action ${t} ${a?"on":"off"}"
      aria-busy=${this.#e.isOpen(t)?"true":c}
      @click=${()=>this.#s(t,!a,"switch",l,{},{entity_id:r.entityId})}
    >
      <ha-icon icon="mdi:${s}"></ha-icon>
      <span>
        <span class="label">${e(`connector_card.${i}`)}</span>
        ${o===null?c:u`<span class="detail">${o}</span>`}
      </span>
    </button>`}#a(e,t){if(t===null)return c;let r=this.#e.shown("mode",t.mode),i=s=>{let o=s.target.value;this.#s("mode",o,"select","select_option",{option:o},{entity_id:t.entityId})};return u`<label class="row mode">
      <span>${e("connector_card.mode")}</span>
      <select aria-busy=${this.#e.isOpen("mode")?"true":c} @change=${i}>
        ${t.options.map(({value:s,name:o})=>u`<option value=${s} .selected=${s===r}>${o}</option>`)}
      </select>
    </label>`}#p(e,t,r){if(r===null)return c;let{steps:i}=r,s=this.dragged??this.#e.shown("limit",r.amps),o=Gt(i,s),a=B(e,s),l=t("connector_card.charge_limit"),p=m=>i[Number(m.target.value)]??s;return u`<div class="row limit" role="group" aria-label=${l}>
      <span class="label">${l}</span>
      <output>${a}</output>
      <div class="steps">
        ${this.#c(t,"lower","minus",r,i[o-1])}
        <input
          type="range"
          min="0"
          max=${i.length-1}
          step="1"
          .value=${Ft(String(o))}
          aria-label=${l}
          aria-valuetext=${a}
          aria-busy=${this.#e.isOpen("limit")?"true":c}
          @input=${m=>this.dragged=p(m)}
          @change=${m=>this.#d(r,p(m))}
        />
        ${this.#c(t,"raise","plus",r,i[o+1])}
      </div>
    </div>`}#c(e,t,r,i,s){return u`<button
      type="button"
      class="step"
      aria-label=${e(`connector_card.${t}`)}
      aria-disabled=${s===void 0?"true":c}
      @click=${()=>s!==void 0&&this.#d(i,s)}
    >
      <ha-icon icon="mdi:${r}"></ha-icon>
    </button>`}#d({entityId:e},t){this.dragged=void 0,this.#s("limit",t,"number","set_value",{value:t},{entity_id:e})}#m(e,{plan:t,levelKnown:r}){let i=t?.own===!0,s=this.#e.shown("plan",i);return u`<div class="row plan" aria-busy=${this.#e.isOpen("plan")?"true":c}>
        <ha-icon icon="mdi:calendar-clock"></ha-icon>
        <div class="plan-words ${t?.problem?"problem":""}">
          <span>${t?.title??e("connector_card.no_plan")}</span>
          ${t?.detail?u`<span class="detail">${t.detail}</span>`:c}
        </div>
        ${i&&s?u`<button type="button" class="cancel-plan" @click=${this.#y}>${e("connector_card.cancel_plan")}</button>`:this.#f(e,r)}
      </div>
      ${this.wish===void 0?c:this.#h(e,r,this.wish)}`}#f(e,t){let r=this.wish!==void 0;return u`<button
      type="button"
      class="open-plan"
      aria-expanded=${r?"true":"false"}
      @click=${()=>this.wish=r?void 0:_e(t?"percent":"kwh")}
    >
      ${e("connector_card.set_plan")}
    </button>`}#h(e,t,r){let i=t?["percent","kwh"]:["kwh"];return on({texts:e,wish:i.includes(r.kind)?r:{..._e("kwh"),time:r.time},kinds:i,busy:this.#e.isOpen("plan"),change:s=>this.wish=s,submit:s=>{this.#g(s)},close:()=>this.#u()})}async#g(e){await this.#s("plan",!0,y,"set_plan",e,{device_id:this.connector.deviceId})&&this.#u()}#y=()=>{this.#s("plan",!1,y,"cancel_plan",{},{device_id:this.connector.deviceId})};#u(){this.wish=void 0,this.updateComplete.then(()=>this.querySelector(".open-plan, .cancel-plan")?.focus())}#s(e,t,r,i,s,o){let a=this.hass;return this.#e.send(e,t,()=>a.callService(r,i,s,o,!1))}};var $e=class extends _{shownEntities(e){return[]}content(e,t){return u`<h2>${t("flow_card.title")}</h2>`}},pn={type:"twc-manager-flow-card",name:"Power flow of the wall connectors",description:"Sun, house, grid, battery and wall connectors with their power",preview:!0,documentationURL:w};var Ce=class extends _{shownEntities(e){return[]}content(e,t){return u`<h2>${t("plan_card.title")}</h2>`}},mn={type:"twc-manager-plan-card",name:"Charging plans",description:"Prices, sun and planned charging of the next days",preview:!0,documentationURL:w};var Te=class extends _{shownEntities(e){return[]}content(e,t){return u`<h2>${t("sessions_card.title")}</h2>`}},fn={type:"twc-manager-sessions-card",name:"Charging sessions",description:"A table of past charging sessions",preview:!0,documentationURL:w};async function hn(n){await customElements.whenDefined("home-assistant");for(let[e,t]of Object.entries(n))customElements.get(e)===void 0&&customElements.define(e,t)}function Ee(n,e){for(let t of e)n.some(r=>r.type===t.type)||n.push(t)}var gn="twc-manager-amps",et=5,tt=3,nt=8,Pr=2e3,Mr=new Set(["number.charge_limit","number.total_current_limit"]),Ae=class extends b{static properties={context:{attribute:!1},hass:{attribute:!1},config:{state:!0},live:{state:!0},texts:{state:!0},wanted:{state:!0}};static styles=k`
    :host {
      display: block;
    }
    .steps {
      display: flex;
      gap: var(--feature-button-spacing, 8px);
      height: var(--feature-height, 42px);
    }
    button {
      flex: 1 1 0;
      min-width: 24px;
      padding: 0;
      overflow: hidden;
      font: inherit;
      font-weight: 500;
      color: var(--primary-text-color);
      background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      border: 2px solid transparent;
      border-radius: var(--feature-border-radius, 12px);
      cursor: pointer;
    }
    button[aria-pressed="true"] {
      border-color: var(--feature-color, var(--primary-color));
      background: color-mix(in srgb, var(--feature-color, var(--primary-color)) 22%, transparent);
    }
    button[aria-busy="true"] {
      border-style: dashed;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-text-color);
      outline-offset: 1px;
    }
  `;#e;#t;#n;static getStubConfig(){return{type:`custom:${gn}`,steps:et}}static getConfigForm(){return{schema:[{name:"steps",selector:{number:{min:tt,max:nt,step:1,mode:"slider"}}}],computeLabel:()=>I()?.("amps_feature.steps")??"",computeHelper:()=>I()?.("amps_feature.steps_helper")??""}}setConfig(e){let t=e.steps??et;if(!Number.isInteger(t)||t<tt||t>nt)throw new Error(`steps: ${tt}-${nt}`);this.config=e}connectedCallback(){super.connectedCallback(),this.requestUpdate()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#e?.(),this.#e=this.#t=this.wanted=void 0}willUpdate(){let{hass:e}=this,t=e?.states[this.context?.entity_id??""];Number(t?.state)===this.wanted&&(this.wanted=void 0),!(e===void 0||!this.isConnected||this.#t===e.language)&&(this.#t=e.language,O(e).then(r=>this.texts=r),this.#e?.(),this.#e=ge(e,r=>this.live=r))}render(){let{hass:e,config:t}=this,r=e?.states[this.context?.entity_id??""];if(e===void 0||t===void 0||!me(r))return c;let i=this.wanted??Number(r.state),s=Bt(Or(e,r,this.live),t.steps??et);return u`<div class="steps" role="group" aria-label=${this.texts?.("amps_feature.amps")??c}>
      ${s.map(o=>u`<button
          type="button"
          aria-label=${B(e,o)}
          aria-pressed=${o===i?"true":"false"}
          aria-busy=${o===this.wanted?"true":c}
          @click=${()=>{this.#r(e,r,o)}}
        >
          ${S(e,o)}
        </button>`)}
    </div>`}async#r(e,{entity_id:t},r){this.wanted=r,clearTimeout(this.#n);let i=()=>{this.wanted===r&&(this.wanted=void 0)};try{await e.callService("number","set_value",{value:r},{entity_id:t}),this.#n=setTimeout(i,Pr)}catch{i()}}};function Or(n,e,t){let r=n.entities[e.entity_id]?.device_id,i=t?.buses.find(({device_id:o,connectors:a})=>o===r||a.some(l=>l.device_id===r));return{minimum:(i?.connectors.find(({device_id:o})=>o===r)??i?.connectors[0])?.minimum??null,maximum:Number(e.attributes.max)}}var yn={type:gn,name:"Amps in useful steps",configurable:!0,isSupported:(n,{entity_id:e})=>{let t=n.entities[e??""];return t?.platform===y&&Mr.has(Z(n,t)??"")}};var Se=class extends HTMLElement{static async generate(e,t){let r=await O(t),i=F(t).flatMap(s=>[{type:"custom:twc-manager-flow-card",device_id:s.deviceId},{type:"custom:twc-manager-plan-card",device_id:s.deviceId},...s.connectors.map(o=>({type:"custom:twc-manager-connector-card",device_id:o.deviceId})),{type:"custom:twc-manager-sessions-card",device_id:s.deviceId}]);return{views:[{title:r("dashboard.title"),type:"sections",sections:i.map(s=>({cards:[s]}))}]}}static async getCreateSuggestions(e){return{title:(await O(e))("dashboard.title"),icon:"mdi:ev-station"}}},vn={type:"twc-manager",strategyType:"dashboard",name:"TWC Manager",description:"All wall connectors: what happens now, why, and what comes next",documentationURL:w};Ee(window.customCards??=[],[Dt,pn,mn,fn]);Ee(window.customCardFeatures??=[],[yn]);Ee(window.customStrategies??=[],[vn]);hn({"twc-manager-connector-card":ve,"twc-manager-connector-panel":we,"twc-manager-flow-card":$e,"twc-manager-plan-card":Ce,"twc-manager-sessions-card":Te,"twc-manager-amps":Ae,"ll-strategy-dashboard-twc-manager":Se});
